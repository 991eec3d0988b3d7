import { toPlain, toValue, type Dict, type Plain } from '@brine/common';
import { expect, test } from 'vitest';
import { mergeSqlRows } from './merge-sql-rows.ts';
import { readSqlQueries } from './read-sql-queries.ts';

/** The pillar that rows make up; columns are named a, b, c and so on. */
function merge(configuration: Plain, ...answers: readonly (readonly (readonly Plain[])[])[]): unknown {
  const pillar: Dict = new Map();
  for (const [index, query] of readSqlQueries(toValue(configuration)).entries()) {
    const rows = (answers[index] ?? []).map((row) => row.map(toValue));
    mergeSqlRows(pillar, query, { fields: 'a,b,c,d,e,f'.split(',').slice(0, rows[0]?.length ?? 1), rows });
  }
  return toPlain(pillar);
}

const six = [
  ['a', 'b', 'c', 'd', 'e', 1],
  ['a', 'b', 'c', 'f', 'g', 2],
  ['a', 'z', 'h', 'y', 'j', 3],
  ['a', 'z', 'h', 'y', 'k', 4],
];

// Recorded from Salt 3006.
test.each<[string, Plain, readonly (readonly (readonly Plain[])[])[], unknown]>([
  ['all columns but the last are keys', 'q', [[['x', 'y', 1]]], { x: { y: 1 } }],
  ['a single column is its own key', 'q', [[['x'], ['y']]], { x: 'x', y: 'y' }],
  ['with a depth, the rest goes by column names', [['q', 1]], [[['x', 1, 2]]], { x: { b: 1, c: 2 } }],
  ['a depth beyond the columns is all of them', [{ query: 'q', depth: 9 }], [[['x', 'y', 1]]], { x: { y: 1 } }],
  ['later rows win', ['q', 'q'], [[['x', 1]], [['x', 2]]], { x: 2 }],
  ['a scalar makes room for what is below it', ['q', 'q'], [[['x', 1]], [['x', 'y', 2]]], { x: { y: 2 } }],
  ['NULL wins', ['q', 'q'], [[['x', 1]], [['x', null]]], { x: null }],
  ['unless it is ignored', ['q', { query: 'q', ignore_null: true }], [[['x', 1]], [['x', null]]], { x: 1 }],
  [
    'as_list keeps all',
    [{ query: 'q', as_list: true }],
    [
      [
        ['x', 1],
        ['x', 2],
        ['x', 'y', 3],
      ].slice(0, 2),
    ],
    { x: [1, 2] },
  ],
  [
    'with_lists makes lists of columns',
    [{ query: 'q', with_lists: '1,3' }],
    [six],
    { a: [{ c: [{ e: 1 }, { g: 2 }] }, { h: [{ j: 3, k: 4 }] }] },
  ],
  [
    'as_json merges objects',
    [{ query: 'q', as_json: true, as_list: true }],
    [[['{"a": {"b": [1, 2]}, "c": 3}'], [{ a: { b: [1, 3] }, d: 4 }]]],
    { a: { b: [1, 2, 3] }, c: 3, d: 4 },
  ],
  ['what has no query is left out', ['', [], { depth: 1 }], [], {}],
])('%s', (_title, configuration, answers, expected) => {
  expect(merge(configuration, ...answers)).toEqual(expected);
});

test('queries by name are sorted', () => {
  const queries = readSqlQueries(toValue({ second: 'b', first: ['a', 2] }));
  expect(queries.map(({ root, query, depth }) => [root, query, depth])).toEqual([
    ['first', 'a', 2],
    ['second', 'b', 0],
  ]);
});

test.each<[Plain, string]>([
  [{ query: 'q', deph: 1 }, 'a query has no setting deph'],
  [{ query: 'q', depth: 'x' }, 'depth is not a number: x'],
  [{ query: 5 }, 'a query is not a text: 5'],
])('%j is refused', (given, message) => {
  expect(() => readSqlQueries(toValue([given]))).toThrow(message);
});
