import { toValue, type Dict } from '@brine/common';
import { expect, it } from 'vitest';
import { takeOver } from './take-over.ts';

it('changes a dict in place, with what it shares', () => {
  const nested = toValue({ a: 1 }) as Dict;
  const target = new Map([
    ['k', nested],
    ['gone', null],
  ]);
  takeOver(target, toValue({ k: { a: 1, b: [2] }, added: true }));
  expect(target).toEqual(toValue({ k: { a: 1, b: [2] }, added: true }));
  expect(nested).toEqual(toValue({ a: 1, b: [2] }));
});

it('changes a list in place', () => {
  const target = [1, 2, 3];
  takeOver(target, ['a', 2]);
  expect(target).toEqual(['a', 2]);
});
