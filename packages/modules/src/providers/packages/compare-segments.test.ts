import { expect, it } from 'vitest';
import { compareWithEpoch, pacmanRules, rpmRules } from './compare-segments.ts';

it('orders versions as rpm does', () => {
  const ascending = [
    '1.0~rc1-1',
    '1.0-1',
    '1.0-1.el9',
    '1.0^20240101-1',
    '1.0a-1',
    '1.0.1-1',
    '1.2-1',
    '1.10-1',
    '1:0.9-1',
  ];
  expect(ascending.toReversed().toSorted((a, b) => compareWithEpoch(a, b, rpmRules))).toEqual(ascending);
});

it.each([
  ['1.5.0', '1.5.1', -1],
  ['1.5.1', '1.5', 1],
  ['1.5.0-1', '1.5.0-2', -1],
  ['1.5-1', '1.5', 0],
  ['1.1-1', '1.1', 0],
  ['1.5.b', '1.5', -1],
  ['1.5b', '1.5', -1],
  ['1.5b-1', '1.5b', 0],
  ['1.0a', '1.0alpha', -1],
  ['1.0alpha', '1.0b', -1],
  ['1.0rc', '1.0', -1],
  ['2.0', '2_0', 0],
  ['2___a', '2_a', 1],
  ['1:1.0', '2.0', 1],
  ['0:1.0', '1.0', 0],
])('orders %s and %s as pacman does', (a, b, order) => {
  expect(Math.sign(compareWithEpoch(a, b, pacmanRules))).toBe(order);
  expect(Math.sign(compareWithEpoch(b, a, pacmanRules)) + order).toBe(0);
});

it('compares releases only where both have one', () => {
  expect(compareWithEpoch('1.1-2.fc40', '1.1', rpmRules)).toBe(0);
  expect(Math.sign(compareWithEpoch('1.1-2.fc40', '1.1-1.fc40', rpmRules))).toBe(1);
});
