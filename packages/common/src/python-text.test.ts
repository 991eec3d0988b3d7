/// <reference types="node" />
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isAppError } from './app-error.ts';
import { dumpJson } from './dump-json.ts';
import { formatFloat } from './format-float.ts';
import { loadJson } from './load-json.ts';
import { pythonRepr, pythonStr } from './python-repr.ts';
import { Float, isDict, toFloat, type Dict, type Value } from './value.ts';

interface Sample {
  readonly value: Value;
  readonly repr: string;
  readonly json: string;
  readonly compact: string;
  readonly indented: string;
}

// Written by Python 3.11 on random values.
const samples = readFileSync(new URL('python-text.samples.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line): Sample => {
    const sample = loadJson(line) as Dict;
    const text = (key: string): string => sample.get(key) as string;
    return {
      value: decode(sample.get('value') ?? null),
      repr: text('repr'),
      json: text('json'),
      compact: text('compact'),
      indented: text('indented'),
    };
  });

function decode(encoded: Value): Value {
  if (Array.isArray(encoded)) return encoded.map(decode);
  if (!isDict(encoded)) return encoded;
  return new Map((encoded.get('__dict') as [Value, Value][]).map(([key, item]) => [decode(key), decode(item)]));
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (caught) {
    return isAppError(caught) ? caught.code : String(caught);
  }
  return 'no error';
}

describe('values as text', () => {
  it.each(samples)('are written as Python writes them: $repr', ({ value, repr, json, compact, indented }) => {
    expect(pythonRepr(value)).toBe(repr);
    expect(dumpJson(value)).toBe(json);
    expect(dumpJson(value, { ensureAscii: false, separators: 'compact' })).toBe(compact);
    expect(dumpJson(value, { indent: 2 })).toBe(indented);
  });

  it.each([
    [new Uint8Array([0, 9, 10, 13, 39, 65, 92, 127, 200]), 'b"\\x00\\t\\n\\r\'A\\\\\\x7f\\xc8"'],
    [new Uint8Array([34, 39]), "b'\"\\''"],
    [new Uint8Array([]), "b''"],
  ])('write bytes with escapes', (bytes, expected) => {
    expect(pythonRepr(bytes)).toBe(expected);
  });

  it('leave text as it is with str', () => {
    expect([pythonStr("it's"), pythonStr(null), pythonStr(new Float(1)), pythonStr(['a'])]).toEqual([
      "it's",
      'None',
      '1.0',
      "['a']",
    ]);
  });

  it('read back the same float', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(Number(formatFloat(number))).toBe(number);
      }),
    );
  });
});

describe('dumpJson', () => {
  it('sorts keys as Python orders them, when asked', () => {
    const dict = new Map<Value, Value>([
      ['b', 1],
      ['\u{1f600}', 2],
      ['\uffff', 3],
      ['a', new Map()],
    ]);
    expect(dumpJson(dict, { sortKeys: true, ensureAscii: false })).toBe(
      '{"a": {}, "b": 1, "\uffff": 3, "\u{1f600}": 2}',
    );
  });

  it('writes bytes as the text they encode', () => {
    expect(dumpJson(new TextEncoder().encode('é'))).toBe('"\\u00e9"');
  });

  it('refuses keys that have no text, and keys it cannot sort', () => {
    expect(codeOf(() => dumpJson(new Map<Value, Value>([[[1], 1]])))).toBe('json-unsupported');
    const mixed = new Map<Value, Value>([
      [1, 1],
      ['a', 1],
    ]);
    expect(codeOf(() => dumpJson(mixed, { sortKeys: true }))).toBe('value-unordered');
  });
});

describe('loadJson', () => {
  it.each([
    ['{"b": 1, "1": 2, "a": 3, "b": 4}', "{'b': 4, '1': 2, 'a': 3}"],
    ['{"__proto__": {"a": 1}}', "{'__proto__': {'a': 1}}"],
    [' [1, 1.0, -0, -0.0, 1e2, 12345678901234567890, 1E-7] ', '[1, 1.0, 0, -0.0, 100.0, 12345678901234567890, 1e-07]'],
    ['[NaN, Infinity, -Infinity, null, true, false]', '[nan, inf, -inf, None, True, False]'],
    ['"\\u00e9\\ud83d\\ude00\\n\\/"', "'é😀\\n/'"],
    ['[[], {}]', '[[], {}]'],
  ])('reads %j as %s', (text, expected) => {
    expect(pythonRepr(loadJson(text))).toBe(expected);
  });

  it.each([
    ['', 'not JSON: a value is expected at line 1, column 1'],
    ['{\n "a": 1,\n "b": }', 'not JSON: a value is expected at line 3, column 7'],
    ['{"a" 1}', "not JSON: ':' is expected at line 1, column 6"],
    ['{a: 1}', 'not JSON: a key in double quotes is expected at line 1, column 2'],
    ['[1 2]', "not JSON: ',' or ']' is expected at line 1, column 4"],
    ['{"a": 1', "not JSON: ',' or '}' is expected at line 1, column 8"],
    ['[1,]', 'not JSON: a value is expected at line 1, column 4'],
    ['"a\nb"', 'not JSON: this text in double quotes is not closed or has a bad escape at line 1, column 1'],
    ['"\\x"', 'not JSON: this text in double quotes is not closed or has a bad escape at line 1, column 1'],
    ['"abc', 'not JSON: this text in double quotes is not closed or has a bad escape at line 1, column 1'],
    ['01', 'not JSON: more text after the end of the value at line 1, column 2'],
    ['True', 'not JSON: a value is expected at line 1, column 1'],
  ])('says what is wrong with %j', (text, message) => {
    expect(() => loadJson(text)).toThrow(message);
    expect(codeOf(() => loadJson(text))).toBe('json-syntax');
  });

  it('stops at the depth limit', () => {
    expect(codeOf(() => loadJson('['.repeat(100_000)))).toBe('json-too-deep');
  });

  it('reads what dumpJson writes', () => {
    const { value } = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constant(null),
        fc.boolean(),
        fc.integer(),
        fc.bigInt({ min: 2n ** 53n, max: 2n ** 90n }),
        fc.double().map(toFloat),
        fc.string({ unit: 'binary' }),
        fc.array(tie('value')),
        fc.array(fc.tuple(fc.string(), tie('value'))).map((pairs) => new Map<Value, Value>(pairs)),
      ),
    }));
    const options = fc.record({ indent: fc.constantFrom(0, 2), ensureAscii: fc.boolean() }, { requiredKeys: [] });
    fc.assert(
      fc.property(value, options, (sample, style) => {
        expect(pythonRepr(loadJson(dumpJson(sample, style)))).toBe(pythonRepr(sample));
      }),
    );
  });
});
