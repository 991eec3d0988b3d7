import { Float, isAppError, toPlain, toValue, type Value } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { writeMsgpack } from './msgpack-bytes.ts';
import { writePlist } from './plist-text.ts';
import { readMsgpack } from './read-msgpack.ts';
import { readPlist } from './read-plist.ts';
import { readToml } from './read-toml.ts';
import { writeToml } from './toml-text.ts';

const values: readonly Value[] = [
  ...[0, 127, 128, 255, 256, 65_535, 65_536, 2 ** 40, -1, -32, -33, -128, -129, -40_000, -(2 ** 40)],
  ...[2n ** 63n, -(2n ** 62n), new Float(1.5), true, false, 'ä'.repeat(40), 'x'.repeat(70_000), ''],
  new Uint8Array([1, 2, 3]),
];
const tree = new Map<Value, Value>([
  ['list', [...values]],
  ['many', new Map(Array.from({ length: 20 }, (_, index): [Value, Value] => [`k${index}`, index]))],
]);

function faultOf(work: () => unknown): string {
  try {
    work();
  } catch (caught) {
    if (isAppError(caught, 'text-serialize') || isAppError(caught, 'state-failed')) return caught.message;
    throw caught;
  }
  return 'none';
}

describe('reading MessagePack', () => {
  it('gives what was written', () => {
    expect(readMsgpack(writeMsgpack(tree))).toEqual(tree);
    expect(readMsgpack(writeMsgpack([null, new Map()]))).toEqual([null, new Map()]);
    expect(readMsgpack(Buffer.from('ca3fc00000', 'hex'))).toEqual(new Float(1.5));
  });

  it.each([
    ['', 'it ends too early'],
    ['a5', 'it ends too early'],
    ['0101', 'there is something behind the data'],
    ['c70100', 'it has an extension, which no data stand for'],
    ['91'.repeat(600), 'it is nested too deep'],
  ])('refuses %s', (hex, fault) => {
    expect(faultOf(() => readMsgpack(Buffer.from(hex, 'hex')))).toBe(`not MessagePack: ${fault}`);
  });
});

describe('reading property lists', () => {
  it('gives what was written', () => {
    expect(readPlist(Buffer.from(writePlist(tree, false)))).toEqual(tree);
  });

  it('refuses what is none', () => {
    const wrap = (inner: string): Buffer => Buffer.from(`<plist>${inner}</plist>`);
    expect(faultOf(() => readPlist(Buffer.from('bplist00')))).toContain('the binary form is not read');
    expect(faultOf(() => readPlist(wrap('')))).toContain('a plist has one value');
    expect(faultOf(() => readPlist(wrap('<date>2026-01-01T00:00:00Z</date>')))).toContain('date has no value here');
    expect(faultOf(() => readPlist(wrap('<integer>x</integer>')))).toContain('x is no whole number');
    expect(faultOf(() => readPlist(wrap('<dict><key>a</key></dict>')))).toContain('keys with a value each');
    expect(faultOf(() => readPlist(Buffer.from('<plist>')))).toContain('no element found');
  });
});

const toml = `# a comment
title = "T\\u00E4st \\"x\\"" # behind
"quoted key" = 'C:\\\\dir'
a.b.c = 1_000
hex = 0xFF
neg = -17
pi = 3.14
exp = 1e3
inf = -inf
yes = true
list = [ 1, 2, # two
  3,
]
nested = [["a"], [{ x = 1, y.z = "q" }]]
long = """
first \\
   second
third"""
raw = '''
one 'two' \\n'''

[server]
host = "h"
[server.tls]
on = false
[[user]]
name = "a"
[user.more]
k = 1
[[user]]
name = "b"
`;

describe('reading TOML', () => {
  it('gives what Python reads', () => {
    expect(toPlain(readToml(toml))).toEqual({
      title: 'Täst "x"',
      'quoted key': 'C:\\\\dir',
      a: { b: { c: 1000 } },
      ...{ hex: 255, neg: -17, pi: 3.14, exp: 1000, inf: -Infinity, yes: true, list: [1, 2, 3] },
      nested: [['a'], [{ x: 1, y: { z: 'q' } }]],
      long: 'first second\nthird',
      raw: "one 'two' \\n",
      server: { host: 'h', tls: { on: false } },
      user: [{ name: 'a', more: { k: 1 } }, { name: 'b' }],
    });
    expect(readToml('x = 1.0').get('x')).toEqual(new Float(1));
  });

  it('gives what was written', () => {
    const value = toValue({ a: 1, b: { c: ['x', 'y'], d: { e: true } }, f: [{ g: 1 }, { g: 2 }] });
    expect(readToml(writeToml(value))).toEqual(value);
  });

  it.each([
    ['a = 1\na = 2', 'a is there already (line 2)'],
    ['[a]\n[a]', 'a is there already (line 2)'],
    ['a = {b = 1}\n[a]', 'a is there already (line 2)'],
    ['a = 1\n[a.b]', 'a is no table (line 2)'],
    ['a = [1]\n[[a]]', 'a is no list of tables (line 2)'],
    ['a', 'a key without a value (line 1)'],
    ['= 1', 'a key is missing (line 1)'],
    ['a = ', 'a value is missing (line 1)'],
    ['a = "x', 'a text without end (line 1)'],
    ['a = 1 2', 'something behind a value (line 1)'],
    ['a = [1', 'a list that is not closed (line 1)'],
    ['a = 1979-05-27', 'a date or time, which no data stand for (line 1)'],
    ['a = "\\q"', '\\q means nothing (line 1)'],
    ['a = nope', 'nope is no value (line 1)'],
    ['[a', 'a header that is not closed (line 1)'],
  ])('refuses %j', (text, fault) => {
    expect(faultOf(() => readToml(text))).toBe(`not TOML: ${fault}`);
  });
});
