import { describe, expect, it } from 'vitest';
import { compareTexts, compareValues, dictKeyIdentity, equalValues } from './compare-values.ts';
import { copyValue } from './copy-value.ts';
import { getDict } from './get-dict.ts';
import { getItem } from './get-item.ts';
import { toPlain } from './to-plain.ts';
import { Float, toValue, type Dict, type Value } from './value.ts';

describe('equalValues', () => {
  it.each<[Value, Value, boolean]>([
    [1, new Float(1), true],
    [1, true, true],
    [0, false, true],
    [1, '1', false],
    [null, false, false],
    [null, 0, false],
    [Number.NaN, Number.NaN, false],
    [2n ** 60n, new Float(2 ** 60), true],
    [2n ** 60n + 1n, new Float(2 ** 60), false],
    [[1, [2]], [true, [new Float(2)]], true],
    [[1], [1, 2], false],
    [new Uint8Array([1]), new Uint8Array([1]), true],
    [new Uint8Array([1]), 'a', false],
    [toValue({ a: 1, b: 2 }), toValue({ b: 2, a: 1 }), true],
    [toValue({ a: 1 }), toValue({ a: 2 }), false],
    [toValue({ a: 1 }), toValue({ b: 1 }), false],
    [toValue({ a: null }), toValue({ b: null }), false],
    [new Map<Value, Value>([[1, 'x']]), new Map<Value, Value>([[new Float(1), 'x']]), true],
  ])('takes %o and %o as Python does', (a, b, expected) => {
    expect([equalValues(a, b), equalValues(b, a)]).toEqual([expected, expected]);
  });
});

describe('compareValues', () => {
  it.each<[Value, Value, number]>([
    [1, new Float(1.5), -1],
    [true, 2, -1],
    [2n ** 70n, Number.POSITIVE_INFINITY, -1],
    ['a', 'b', -1],
    ['a', 'ab', -1],
    ['\uffff', '\u{1f600}', -1],
    [[1, 2], [1, 3], -1],
    [[1], [1, 0], -1],
    [new Uint8Array([1]), new Uint8Array([1, 0]), -1],
    [3, 3, 0],
    [[], [], 0],
    [Number.NaN, 1, Number.NaN],
  ])('orders %o and %o as Python does', (a, b, expected) => {
    expect([Math.sign(compareValues(a, b)), -Math.sign(compareValues(b, a)) + 0]).toEqual([expected, expected]);
  });

  it('refuses what Python does not order', () => {
    expect(() => compareValues(1, 'a')).toThrow("'<' not supported between instances of 'int' and 'str'");
    expect(() => compareValues(null, new Float(1))).toThrow(
      "'<' not supported between instances of 'NoneType' and 'float'",
    );
  });

  it('orders texts by code point', () => {
    expect(['\u{1f600}b', '\ue000', 'a', '\u{1f600}a'].sort(compareTexts)).toEqual([
      'a',
      '\ue000',
      '\u{1f600}a',
      '\u{1f600}b',
    ]);
  });
});

describe('keys of dicts', () => {
  it('are the same key when Python says so', () => {
    expect(new Set([1, new Float(1), true].map(dictKeyIdentity)).size).toBe(1);
    expect(new Set([0, '0', null, new Uint8Array([48]), 0.5].map(dictKeyIdentity)).size).toBe(5);
    expect([dictKeyIdentity([]), dictKeyIdentity(new Map())]).toEqual([undefined, undefined]);
  });

  it('find their item', () => {
    const dict: Dict = new Map<Value, Value>([
      [1, 'int'],
      ['1', 'text'],
    ]);
    expect([getItem(dict, new Float(1)), getItem(dict, '1'), getItem(dict, 2), getItem(dict, [])]).toEqual([
      'int',
      'text',
      undefined,
      undefined,
    ]);
  });
});

describe('copyValue', () => {
  it('shares no list and no dict', () => {
    const original = toValue({ a: [{ b: 1 }] }) as Dict;
    const copy = copyValue(original);
    expect(copy).toEqual(original);
    expect([copy === original, copy.get('a') === original.get('a')]).toEqual([false, false]);
  });
});

describe('getDict', () => {
  it('goes down keys as long as there are dicts', () => {
    const value = toValue({ a: { b: { c: 1 } } });
    expect(getDict(value, 'a', 'b')).toEqual(new Map([['c', 1]]));
    expect([getDict(value, 'a', 'b', 'c'), getDict(value, 'x', 'y'), getDict(undefined)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('toPlain', () => {
  it('gives objects without a prototype, text keys and numbers', () => {
    const value = new Map<Value, Value>([
      [8080, new Float(1)],
      [true, [new Map([['__proto__', 1]])]],
    ]);
    const plain = toPlain(value) as Record<string, unknown>;
    expect(JSON.stringify(plain)).toBe('{"8080":1,"True":[{"__proto__":1}]}');
    expect(Object.getPrototypeOf(plain)).toBeNull();
  });
});
