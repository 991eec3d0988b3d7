import { loadYaml, toPlain, type Dict } from '@brine/common';
import { expect, test } from 'vitest';
import { mergeStack } from './merge-stack.ts';

function dict(text: string): Dict {
  return loadYaml(text).value as Dict;
}

test.each([
  [
    'dicts merge, lists grow, all else is replaced',
    'x: {a: 1, l: [1]}\ny: 1',
    'x: {b: 2, l: [1, 2]}\ny: [1]',
    'x: {a: 1, l: [1, 1, 2], b: 2}\ny: [1]',
  ],
  [
    'merge-first keeps what is there',
    'x: {a: 1, l: [1]}',
    'x: {__: merge-first, a: 2, b: 2, l: [2]}',
    'x: {a: 1, l: [2, 1], b: 2}',
  ],
  [
    'merge-first takes over no marks',
    'x: {d: {a: 1}}',
    'x: {__: merge-first, d: {__: overwrite, b: 2}}',
    'x: {d: {b: 2, a: 1}}',
  ],
  ['remove takes whole keys out', 'x: {a: {b: 1}, c: 2}', 'x: {__: remove, a: {z: 1}, gone: 1}', 'x: {c: 2}'],
  ['overwrite replaces, without inner marks', 'x: {a: 1}', 'x: {__: overwrite, l: [{__: remove}, 1]}', 'x: {l: [1]}'],
  [
    'a new key loses its marks',
    '{}',
    'x: {__: remove, l: [{__: overwrite}, 1], d: {__: overwrite}}',
    'x: {l: [1], d: {}}',
  ],
  ['a list can lose members', 'l: [1, {a: 1}, 2]', 'l: [{__: remove}, {a: 1}, 2]', 'l: [1]'],
  [
    'a list can go first, or replace',
    'a: [1]\nb: [1]',
    'a: [{__: merge-first}, 2]\nb: [{__: overwrite}, 2]',
    'a: [2, 1]\nb: [2]',
  ],
  ['the whole can be marked', 'a: 1', '__: overwrite\nb: 2', 'b: 2'],
  ['another type replaces, without marks', 'a: [1]', 'a: {__: remove, b: 1}', 'a: {b: 1}'],
])('%s', (_, stack, added, merged) => {
  const [before, given] = [dict(stack), dict(added)];
  expect(toPlain(mergeStack(before, given))).toEqual(toPlain(dict(merged)));
  expect([toPlain(before), toPlain(given)]).toEqual([toPlain(dict(stack)), toPlain(dict(added))]);
});

test('a strategy that does not exist is refused', () => {
  expect(() => mergeStack(new Map(), dict('__: merge'))).toThrow('there is no merging strategy merge');
});
