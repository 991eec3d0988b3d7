import { afterEach, beforeEach, expect, it } from 'vitest';
import { restrictUmask } from './restrict-umask.ts';

let before: number;

beforeEach(() => {
  before = process.umask();
});

afterEach(() => void process.umask(before));

it.each([
  [0, 0o022],
  [0o002, 0o022],
  [0o077, 0o077],
])('the mask %i becomes %i', (given, expected) => {
  process.umask(given);
  restrictUmask();
  expect(process.umask()).toBe(expected);
});
