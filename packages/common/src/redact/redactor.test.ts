import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dumpJson } from '../dump-json.ts';
import { pythonRepr } from '../python-repr.ts';
import { Float, type Dict, type Value } from '../value.ts';
import { dumpYaml } from '../yaml/dump-yaml.ts';
import { escapeCharacter } from '../yaml/write-text.ts';
import { createRedactor, type Redactor } from './redactor.ts';

const key = new Uint8Array(32).fill(7);
const redactorOf = (text: string, name?: string): Redactor =>
  createRedactor({ secrets: [name === undefined ? { text } : { text, name }], key });

const pem = [
  '-----BEGIN PRIVATE KEY-----',
  'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj',
  'MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu',
  '-----END PRIVATE KEY-----',
].join('\n');

describe('createRedactor', () => {
  it('shows the name and a keyed fingerprint in the place of a secret', () => {
    const redactor = redactorOf('tr0ub4dor', 'db:password');
    expect(redactor.text('mysql -ptr0ub4dor -h db')).toBe('mysql -psecret:db:password#24ca -h db');
    expect(redactorOf('tr0ub4dor').text('tr0ub4dor')).toBe('secret#24cadd');
  });

  it('gives a value one fingerprint for a key, and another for another key', () => {
    const other = createRedactor({ secrets: [{ text: 'tr0ub4dor' }], key: new Uint8Array(32) });
    expect(redactorOf('tr0ub4dor\n').text('tr0ub4dor')).toBe('secret#24cadd');
    expect(other.text('tr0ub4dor')).toBe('secret#204741');
    expect(redactorOf('tr0ub4dor2').text('tr0ub4dor2')).not.toBe('secret#24cadd');
  });

  it('leaves everything alone when there are no secrets', () => {
    const redactor = createRedactor({ secrets: [{ text: ' \n' }], key });
    const value: Value = new Map<Value, Value>([['a', [1, new Float(1), 'text', new Uint8Array([1])]]]);
    expect(redactor.isOpen).toBe(true);
    expect(redactor.value(value)).toBe(value);
  });

  it('redacts keys, numbers and bytes of a value, and nothing else of it', () => {
    const redactor = createRedactor({
      secrets: [
        { text: '98852', name: 'pin' },
        { text: 's3cr3t', name: 'word' },
      ],
      key,
    });
    const value: Value = new Map<Value, Value>([
      ['s3cr3t', 98852],
      ['float', new Float(98852)],
      ['other', 988521],
      ['bytes', new TextEncoder().encode('is s3cr3t')],
      ['kept', [null, true, 7n, 1.5, new Uint8Array([0xff, 0])]],
    ]);
    expect(redactor.value(value)).toEqual(
      new Map<Value, Value>([
        ['secret:word#d1bf', 'secret:pin#a5b4'],
        ['float', 'secret:pin#a5b4'],
        ['other', 988521],
        ['bytes', 'is secret:word#d1bf'],
        ['kept', [null, true, 7n, 1.5, new Uint8Array([0xff, 0])]],
      ]),
    );
  });

  it('keeps entries whose keys differ only in how they write a secret', () => {
    const dict: Dict = new Map<Value, Value>([
      ['s3cr3t/x', 1],
      ['s3cr3t%2Fx', 2],
    ]);
    expect(redactorOf('s3cr3t/x').value(dict)).toEqual(
      new Map<Value, Value>([
        ['secret#2229ea', 1],
        ['secret#2229ea (2)', 2],
      ]),
    );
  });

  it('hides a secret of fewer than four characters only where a text is nothing else', () => {
    const redactor = redactorOf('abc', 'pin');
    expect(redactor.text('abcdef abc')).toBe('abcdef abc');
    expect(redactor.value(['abc', 'abcd'])).toEqual(['secret:pin#127d', 'abcd']);
  });

  it('finds a key in a diff, and lines of it', () => {
    const diff = `--- \n+++ \n@@ -0,0 +1,4 @@\n${pem.replaceAll(/^/gm, '+')}\n`;
    expect(redactorOf(pem, 'tls:key').text(diff)).toBe('--- \n+++ \n@@ -0,0 +1,4 @@\n+secret:tls:key#a687\n');
    const lines = diff.replaceAll(/^\+-.*\n/gm, '');
    expect(redactorOf(pem, 'tls:key').text(lines)).toBe(
      '--- \n+++ \n@@ -0,0 +1,4 @@\n+secret:tls:key#a687\n+secret:tls:key#a687\n',
    );
  });

  it.each([
    ['what is new', '+a: correct horse\n+  battery staple\n', '+a: secret#50\n'],
    ['what was', '-a: correct horse\n-    battery staple\n', '-a: secret#50\n'],
    ['a line of it that changed', ' a: correct horse\n-  stable\n+  battery staple\n', ' a: secret#50\n'],
    ['a line of it that is gone', ' a: correct horse\n-  battery staple\n+  stable\n', ' a: secret#50\n+  stable\n'],
    ['a line in the midst of it', '-a: correct\n-  horse\n+a: correct horse\n   battery staple\n', '-a: secret#50\n'],
    ['double quotes', '+a: "correct hor\\\n+  se\\\n+  \\ battery staple"\n', '+a: "secret#50"\n'],
    ['what a terminal indents', '       +a: correct\n       +  horse battery staple\n', '       +a: secret#50\n'],
  ])('finds a secret that YAML broke over lines in a diff: %s', (_title, lines, shown) => {
    const secret = redactorOf('correct horse battery staple').text('correct horse battery staple');
    const redacted = redactorOf('correct horse battery staple').text(`@@ -1,2 +1,2 @@\n${lines} b: 1\n`);
    expect(redacted).toBe(`@@ -1,2 +1,2 @@\n${shown.replace('secret#50', secret)} b: 1\n`);
  });

  it('takes a text that was indented or wrapped for one and the same', () => {
    const redactor = redactorOf('correct horse  battery\nstaple', 'phrase');
    expect(redactor.text('a: correct horse\n    battery\n\n    staple\nb: 1')).toBe('a: secret:phrase#daf5\nb: 1');
    expect(redactor.text('"correct horse\\\n  \\  battery staple"')).toBe('"secret:phrase#daf5"');
  });

  it.each([
    ['double quotes', 'a  b c', '"a\n  \\  b\n  c"'],
    ['double quotes, broken inside a word', 'horse battery', '"hor\\\n  se\\\n  \\ batt\\\n  ery"'],
    ['double quotes, broken among blanks', 'horse   battery', '"horse \\\n  \\  battery"'],
    ['double quotes, broken with the blank before', 'horse battery', '"horse \\\n  battery"'],
    ['double quotes in a file from Windows', 'horse battery', '"hor\\\r\n  se\\\r\n  \\ battery"'],
    ['double quotes, behind a backslash', 'a \\ !b', '"a \\\\\n  !b"'],
    ['double quotes, behind a backslash inside a word', 'a \\!b', '"a \\\\\\\n  !b"'],
    ['double quotes, before a backslash', 'a \\ b', '"a\n  \\\\ b"'],
    ['single quotes', "it's a  secret", "'it''s\n  a  secret'"],
    ['single quotes, behind a backslash', 'k9#!       :         \\ !Zq7', "'k9#!       :         \\\n  !Zq7'"],
    ['single quotes, before a backslash', 'k9#! \\ !Zq7', "'k9#!\n  \\ !Zq7'"],
    ['single quotes with line breaks', 'a \\\nb \\ c', "'a \\\n\n  b\n  \\ c'"],
    ['single quotes with another line break', 'horse\u2028battery', "'horse\u2028  battery'"],
    ['no quotes', 'correct horse', 'correct\n  horse'],
    ['no quotes, behind backslashes', 'C:\\ D:\\\\ E', 'C:\\\n  D:\\\\\n  E'],
    ['no quotes, before a backslash', 'a \\ b', 'a\n  \\ b'],
    ['a literal block', 'horse \\\n\\ battery\nstaple', '|-\n  horse \\\n  \\ battery\n  staple'],
    ['a folded block', 'horse \\ battery staple', '>-\n  horse \\\n  battery\n  staple'],
  ])('finds a secret that YAML broke over lines in %s', (_place, secret, written) => {
    const inner = written.replaceAll(/^(?:["']|[|>]-\n {2})|["']$/g, '');
    const shown = redactorOf(secret).text(`- key: ${written}\n- 1\n`);
    expect(shown).toBe(`- key: ${written.replace(inner, () => redactorOf(secret).text(secret))}\n- 1\n`);
  });

  it('reads a text of both kinds of lines in both ways', () => {
    const redactor = createRedactor({ secrets: [{ text: 'horse \\ battery' }, { text: 'staple' }], key });
    const shown = redactor.text('a: \'horse \\\n  battery\'\nb: "sta\\\n  ple"\n');
    expect(shown).toMatch(/^a: 'secret#[0-9a-f]{6}'\nb: "secret#[0-9a-f]{6}"\n$/);
  });

  it('hides all of secrets that overlap', () => {
    const redactor = createRedactor({ secrets: [{ text: 'password1' }, { text: 'word1234' }], key });
    expect(redactor.text('<password1234>')).toBe('<secret#b26579>');
  });

  it('names no secret by a name that tells one', () => {
    const redactor = createRedactor({ secrets: [{ text: 'hunter2' }, { text: 'other-one', name: 'hunter2:x' }], key });
    expect(redactor.text('other-one')).toMatch(/^secret#[0-9a-f]{6}$/);
  });

  it('changes nothing when it is applied again', () => {
    const redactor = createRedactor({ secrets: [{ text: 'secret' }, { text: 'password', name: 'db:pw' }], key });
    const once = redactor.text('the secret password');
    expect(redactor.text(once)).toBe(once);
  });
});

const secretText = fc
  .oneof(fc.string({ minLength: 8, maxLength: 60 }), fc.string({ unit: 'grapheme', minLength: 8, maxLength: 30 }))
  .map((text) => `k9#${text.trim()}Zq7`);
const around = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '=', '/'), maxLength: 30 });

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const toBase64 = (text: string): string => btoa(String.fromCharCode(...bytesOf(text)));
const toHex = (text: string): string =>
  Array.from(bytesOf(text), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** As PyYAML breaks lines, which is after any escape and among blanks as well. */
function breakDoubleQuoted(text: string, width: number): string {
  const characters = Array.from(text, (character) => escapeCharacter(character));
  const lines = Array.from({ length: Math.ceil(characters.length / width) }, (_, index) =>
    characters.slice(index * width, (index + 1) * width).join(''),
  );
  return lines.map((line, index) => (index > 0 && line.startsWith(' ') ? `\\${line}` : line)).join('\\\n    ');
}

/** What programs make of a text before it turns up somewhere. */
const writers: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  json: (text) => JSON.stringify({ text }),
  'ascii json': (text) => dumpJson(text),
  'json in json': (text) => JSON.stringify(JSON.stringify(text)),
  yaml: (text) => dumpYaml(new Map<Value, Value>([['key', text]])),
  'narrow yaml in double quotes': (text) => dumpYaml([`\u0007 ${text} and more`], { width: 12 }),
  'yaml in double quotes, broken anywhere': (text) => `"${breakDoubleQuoted(text, 5)}"`,
  'yaml in a folded block': (text) => `>-\n  ${text.replaceAll('\n', '\n\n  ').replaceAll(/(?<=\S) (?=\S)/g, '\n  ')}`,
  'narrow yaml': (text) => dumpYaml([`it's ${text} and more words to fold the line`], { width: 30 }),
  'narrow yaml in a diff': (text) =>
    `@@ -0,0 +1,9 @@\n${dumpYaml([`it's ${text} and more`], { width: 30 }).replaceAll(/^/gm, '+')}`,
  'narrow yaml in double quotes in a diff': (text) =>
    `@@ -0,0 +1,9 @@\n${dumpYaml([`\u0007 ${text} and more`], { width: 12 }).replaceAll(/^/gm, '+')}`,
  'narrow yaml in the lines of diff': (text) =>
    dumpYaml([`it's ${text} and more`], { width: 30 }).replaceAll(/^/gm, '> '),
  python: (text) => pythonRepr([text, `"'${text}`]),
  url: (text) => encodeURIComponent(text),
  form: (text) => new URLSearchParams({ text }).toString(),
  'base64 behind one byte': (text) => toBase64(`:${text}`),
  'base64 behind two bytes': (text) => toBase64(`u:${text}`),
  base64: (text) => toBase64(text),
  base64url: (text) => toBase64(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
  hex: (text) => toHex(text),
  shell: (text) => `'${text.replaceAll("'", `'\\''`)}'`,
  indented: (text) => text.replaceAll('\n', '\n        '),
};

describe.each(Object.entries(writers))('a secret written as %s', (_name, write) => {
  it('does not survive', () => {
    fc.assert(
      fc.property(secretText, around, around, (text, before, after) => {
        const shown = redactorOf(text).text(`${before}${write(text)}${after}`);
        expect(shown).toMatch(/secret#[0-9a-f]{6}/);
        expect(shown).not.toContain(write(text));
        expect(shown).not.toContain(text);
      }),
    );
  });
});

describe('a redacted text', () => {
  it('is the text when the secret is not in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(redactorOf('k9#not-in-any-of-them-Zq7').text(text)).toBe(text);
      }),
    );
  });

  it('holds none of many secrets, wherever they stand', () => {
    const secrets = Array.from({ length: 500 }, (_, index) => ({
      text: `CANARY-${index}-${'x'.repeat(index % 40)}-end`,
    }));
    const text = secrets.map((secret) => secret.text).join('');
    const redacted = createRedactor({ secrets, key }).text(text);
    expect(redacted.replaceAll(/secret#[0-9a-f]{6}/g, '')).toBe('');
  });
});
