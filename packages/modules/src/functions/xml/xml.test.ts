import { toPlain, type Plain } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

const source = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE actors [ <!ELEMENT actors ANY> ]>
<!-- kept -->
<actors xmlns:x="urn:x">
  <actor id="1" born='1937'>Christian &amp; <![CDATA[<Bale>]]></actor>
  <actor id="2">Liam<role>Henri</role>tail</actor>
  <x:actor   id="3"/>
  <empty></empty>
</actors>
`;

function createBox(text = source) {
  const host = createFakeHost({ files: { '/a.xml': text } });
  const call = async (name: string, ...positional: readonly Plain[]) =>
    toPlain((await callScratch(name, { positional, host })).value);
  const written = async (): Promise<string> => Buffer.from((await host.files.read('/a.xml')) ?? '').toString();
  return { call, written };
}

describe('xml', () => {
  // What Python's ElementTree finds by these paths.
  it.each([
    ['.//actor', 'Christian & <Bale>'],
    ["actor[@id='2']", 'Liam'],
    ["actor[@id!='1']", 'Liam'],
    ['actor[2]/role', 'Henri'],
    ['actor[last()]', 'Liam'],
    ['actor[last()-1]', 'Christian & <Bale>'],
    ["actor[role='Henri']", 'Liam'],
    ['actor[role]', 'Liam'],
    ["actor/role[.='Henri']/..", 'Liam'],
    ['*[@born]', 'Christian & <Bale>'],
    ['.//{urn:x}actor', null],
    ['empty', null],
    ['.', '\n  '],
    ['.//nobody', false],
    ["actor[@id='9']", false],
  ])('finds the text at %s', async (path, text) => {
    expect(await createBox().call('xml.get_value', '/a.xml', path)).toBe(text);
  });

  it('tells attributes', async () => {
    const { call } = createBox();
    expect(await call('xml.get_attribute', '/a.xml', 'actor')).toEqual({ id: '1', born: '1937' });
    expect(await call('xml.get_attribute', '/a.xml', 'nobody')).toBe(false);
  });

  it('changes a text or an attribute and nothing else', async () => {
    const { call, written } = createBox();
    expect(await call('xml.set_value', '/a.xml', 'actor', 'A < B & C')).toBe(true);
    expect(await call('xml.set_value', '/a.xml', "actor[@id='2']", 'Neeson')).toBe(true);
    expect(await call('xml.set_value', '/a.xml', '{urn:x}actor', 'X')).toBe(true);
    expect(await call('xml.set_attribute', '/a.xml', 'actor', 'born', '19"74')).toBe(true);
    expect(await call('xml.set_attribute', '/a.xml', 'empty', 'new', 'yes')).toBe(true);
    expect(await call('xml.set_value', '/a.xml', 'nobody', 'x')).toBe(false);
    expect(await call('xml.set_attribute', '/a.xml', 'nobody', 'k', 'x')).toBe(false);
    expect(await written()).toBe(
      source
        .replace(`born='1937'>Christian &amp; <![CDATA[<Bale>]]>`, 'born="19&quot;74">A &lt; B &amp; C')
        .replace('Liam', 'Neeson')
        .replace('<x:actor   id="3"/>', '<x:actor   id="3">X</x:actor>')
        .replace('<empty>', '<empty new="yes">'),
    );
    await expect(call('xml.set_attribute', '/a.xml', 'actor', 'a b', 'x')).rejects.toThrow(
      'a b cannot be the name of an attribute',
    );
  });

  it.each([
    ['<a><b></a>', 'mismatched tag: line 1, column 6'],
    ['<a>', 'no element found: line 1, column 3'],
    ['text', 'syntax error: line 1, column 0'],
    ['<a>&nope;</a>', 'undefined entity: line 1, column 3'],
    ['<a b="1" b="2"/>', 'duplicate attribute: line 1, column 10'],
    ['<x:a/>', 'unbound prefix'],
    ['<a/><b/>', 'junk after document element: line 1, column 4'],
    ['<a b=1/>', 'not well-formed (invalid token)'],
    ['<a><!-- x</a>', 'unclosed token'],
  ])('says what is wrong with %s', async (text, fault) => {
    await expect(createBox(text).call('xml.get_value', '/a.xml', '.')).rejects.toThrow(fault);
  });

  it('says what is wrong with a path or a file', async () => {
    const { call } = createBox();
    await expect(call('xml.get_value', '/a.xml', '/actors')).rejects.toThrow('cannot use absolute path on element');
    await expect(call('xml.get_value', '/a.xml', 'actor[')).rejects.toThrow('invalid path');
    await expect(call('xml.get_value', '/a.xml', 'actor[a b]')).rejects.toThrow('invalid predicate');
    await expect(call('xml.get_value', '/gone.xml', '.')).rejects.toThrow('/gone.xml: file not found');
  });
});
