/// <reference types="node" />
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadJson } from '../load-json.ts';
import { isDict, toFloat, type Dict, type Value } from '../value.ts';
import { dumpYaml, type DumpYamlOptions } from './dump-yaml.ts';
import { loadYaml } from './load-yaml.ts';

interface Sample {
  readonly value: Value;
  readonly options: DumpYamlOptions;
  readonly text: string;
}

// Written by PyYAML 6.0.3 with libyaml 0.2.5 on random values.
const samples = readFileSync(new URL('dump-yaml.samples.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line): Sample => {
    const sample = loadJson(line) as Dict;
    return {
      value: decode(sample.get('value') ?? null),
      options: Object.fromEntries(sample.get('options') as Map<string, never>) as DumpYamlOptions,
      text: sample.get('text') as string,
    };
  });

function decode(encoded: Value): Value {
  if (Array.isArray(encoded)) return encoded.map(decode);
  if (!isDict(encoded)) return encoded;
  const bytes = encoded.get('__bytes');
  if (typeof bytes === 'string') return new Uint8Array(Buffer.from(bytes, 'hex'));
  const entries = encoded.get('__dict') as [Value, Value][];
  return new Map(entries.map(([key, item]) => [decode(key), decode(item)]));
}

describe('dumpYaml', () => {
  it.each(samples)('writes sample $# as PyYAML does', ({ value, options, text }) => {
    expect(dumpYaml(value, options)).toBe(text);
  });

  it('gives lists and dicts that occur again an anchor, in the order of their second mention', () => {
    const first: Value = [1];
    const second: Value = new Map<Value, Value>([['k', first]]);
    const value = new Map<Value, Value>([
      ['a', first],
      ['b', second],
      ['c', [second, first]],
      ['d', []],
    ]);
    expect(dumpYaml(value)).toBe('a: &id001\n- 1\nb: &id002\n  k: *id001\nc:\n- *id002\n- *id001\nd: []\n');
  });

  it('writes a list that contains itself', () => {
    const list: Value[] = [];
    list.push(list);
    expect(dumpYaml(list)).toBe('&id001\n- *id001\n');
  });

  it('tags sets', () => {
    const value = new Map<Value, Value>([['s', loadYaml('!!set {b, a}').value]]);
    expect(dumpYaml(value)).toBe('s: !!set\n  a: null\n  b: null\n');
  });

  it('leaves keys that Python cannot order as they are', () => {
    const value = new Map<Value, Value>([
      ['b', 1],
      [1, 2],
      ['a', 3],
    ]);
    expect(dumpYaml(value)).toBe('b: 1\n1: 2\na: 3\n');
  });

  it('never folds with an infinite width', () => {
    const text = 'word '.repeat(50).trimEnd();
    expect(dumpYaml(text, { width: Number.POSITIVE_INFINITY })).toBe(`${text}\n`);
  });

  it('writes what loadYaml reads back as the same value', () => {
    const key = fc.oneof(fc.string(), fc.integer(), fc.constant(null));
    const { value } = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constant(null),
        fc.boolean(),
        fc.integer(),
        fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n }),
        fc.double({ noNaN: true }).map(toFloat),
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: fc.constantFrom(' ', '\n', 'a', ':', '#', "'", '"', '-') }),
        fc.array(tie('value')),
        fc.array(fc.tuple(key, tie('value'))).map((pairs) => new Map<Value, Value>(pairs)),
      ),
    }));
    fc.assert(
      fc.property(value, fc.constantFrom('block' as const, 'auto' as const), (sample, flow) => {
        expect(loadYaml(dumpYaml(sample, { flow, sortKeys: false })).value).toEqual(withoutNegativeZero(sample));
      }),
      { numRuns: 500 },
    );
  });
});

function withoutNegativeZero(sample: Value): Value {
  if (Object.is(sample, -0)) return 0;
  if (Array.isArray(sample)) return sample.map(withoutNegativeZero);
  if (!isDict(sample)) return sample;
  return new Map(Array.from(sample, ([key, item]) => [key, withoutNegativeZero(item)]));
}
