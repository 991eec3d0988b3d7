import { describe, expect, it } from 'vitest';
import { traverse } from './traverse.ts';
import { Float, toValue, type Value } from './value.ts';

const data = toValue({
  web: { port: 80, empty: null },
  list: ['a', { name: 'b', 0: 'text zero' }, { name: 'c' }],
  numbers: new Map<Value, Value>([
    [8080, 'int'],
    [true, 'bool'],
    [new Float(2), 'float'],
  ]),
  'a:b': 1,
});

describe('traverse', () => {
  it.each([
    ['web:port', 80],
    ['web:empty', null],
    ['web:nope', undefined],
    ['web:port:deeper', undefined],
    ['list:0', 'a'],
    ['list:-1:name', 'c'],
    ['list:name', 'b'],
    ['list:9', undefined],
    ['list:nope', undefined],
    ['numbers:8080', 'int'],
    ['numbers:True', 'bool'],
    ['numbers:2.0', 'float'],
    ['a:b', undefined],
    ['', undefined],
  ])('follows %s', (path, expected) => {
    expect(traverse(data, path)).toEqual(expected);
  });

  it('takes another delimiter', () => {
    expect(traverse(data, 'web/port', '/')).toBe(80);
    expect(traverse(data, 'a:b', '|')).toBe(1);
    expect(traverse(data, 'a:b', '')).toBe(1);
  });

  it('prefers a dict that has the number as its key over the index', () => {
    expect(traverse([new Map<Value, Value>([[1, 'keyed']]), 'indexed'], '1')).toBe('keyed');
  });
});
