import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAppError } from './app-error.ts';
import { copyValue } from './copy-value.ts';
import { mergeValues, updateDict, type MergeOptions, type MergeStrategy } from './merge-values.ts';
import { pythonRepr } from './python-repr.ts';
import { toValue, type Dict, type Plain, type Value } from './value.ts';

function merge(base: Plain, update: Plain, strategy: MergeStrategy, options?: MergeOptions): string {
  return pythonRepr(mergeValues(toValue(base), toValue(update), strategy, options));
}

const base = { a: 1, n: { x: 1, l: [1, 2] }, s: 't' };
const update = { a: 2, n: { y: 2, l: [3, 2] }, s: { k: 'v' }, z: null };

describe('mergeValues', () => {
  it.each(['smart', 'recurse', 'none'] as const)('goes into nested dicts and replaces lists: %s', (strategy) => {
    expect(merge(base, update, strategy)).toBe(
      "{'a': 2, 'n': {'x': 1, 'l': [3, 2], 'y': 2}, 's': {'k': 'v'}, 'z': None}",
    );
  });

  it('appends what lists lack when asked', () => {
    expect(merge(base, update, 'recurse', { mergeLists: true })).toBe(
      "{'a': 2, 'n': {'x': 1, 'l': [1, 2, 3], 'y': 2}, 's': {'k': 'v'}, 'z': None}",
    );
    expect(merge({ l: [1, 'b'] }, { l: [true, 'c', 'c'] }, 'smart', { mergeLists: true })).toBe(
      "{'l': [1, 'b', 'c', 'c']}",
    );
  });

  it('replaces keys of the top level whole: overwrite', () => {
    expect(merge(base, update, 'overwrite')).toBe("{'a': 2, 'n': {'y': 2, 'l': [3, 2]}, 's': {'k': 'v'}, 'z': None}");
  });

  it('pairs what both have and leaves out what only the second has: list', () => {
    expect(merge({ k: 1, n: { x: 1 } }, { k: 2, m: 3 }, 'list')).toBe("{'k': [1, 2], 'n': {'x': 1}}");
  });

  it('merges the top level and replaces below it: aggregate', () => {
    expect(merge({ k: 1, n: { x: 1 } }, { n: { y: 1 }, m: 3 }, 'aggregate')).toBe("{'k': 1, 'n': {'y': 1}, 'm': 3}");
    expect(merge([1, 2], [2, 3], 'aggregate')).toBe('[1, 2, 3]');
    expect(merge('first', 'second', 'aggregate')).toBe("['first', 'second']");
  });

  it('merges what is marked at any depth: aggregate', () => {
    const first = toValue({ n: { l: [1], m: [1] } }) as Dict;
    const second = toValue({ n: { l: [2], m: [2] } }) as Dict;
    const listOf = (dict: Dict): object => (dict.get('n') as Dict).get('l') as object;
    const aggregated = new WeakSet([listOf(first), listOf(second)]);
    expect(pythonRepr(mergeValues(first, second, 'aggregate', { aggregated }))).toBe("{'n': {'l': [1, 2], 'm': [2]}}");
  });

  it('refuses what is no dict', () => {
    let caught: unknown;
    try {
      mergeValues([1], new Map(), 'recurse');
    } catch (error) {
      caught = error;
    }
    expect(isAppError(caught, 'merge-not-dict') && caught.message).toBe('only dicts can be merged, not list and dict');
  });

  it('never changes its arguments, and merging twice is merging once', () => {
    const { dict } = fc.letrec<{ dict: Dict; value: Value }>((tie) => ({
      dict: fc
        .array(fc.tuple(fc.constantFrom('a', 'b', 'c', 1), tie('value')), { maxLength: 4 })
        .map((pairs) => new Map<Value, Value>(pairs)),
      value: fc.oneof(
        { depthSize: 'small' },
        fc.integer({ max: 3, min: 0 }),
        fc.array(fc.integer({ max: 3, min: 0 })),
        tie('dict'),
      ),
    }));
    fc.assert(
      fc.property(dict, dict, fc.boolean(), (one, two, mergeLists) => {
        const before = [copyValue(one), copyValue(two)];
        mergeValues(one, two, 'recurse', { mergeLists });
        expect([one, two]).toEqual(before);
        expect(mergeValues(mergeValues(one, two, 'recurse'), two, 'recurse')).toEqual(mergeValues(one, two, 'recurse'));
      }),
    );
  });
});

describe('updateDict', () => {
  it('changes the first dict in place, only its top level when told so', () => {
    const destination = toValue({ a: { x: 1 } }) as Dict;
    const returned = updateDict(destination, toValue({ a: { y: 2 } }) as Dict);
    expect(returned).toBe(destination);
    expect(pythonRepr(destination)).toBe("{'a': {'x': 1, 'y': 2}}");
    expect(pythonRepr(updateDict(destination, toValue({ a: { z: 3 } }) as Dict, { recursive: false }))).toBe(
      "{'a': {'z': 3}}",
    );
  });
});
