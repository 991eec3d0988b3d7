import { expect, it } from 'vitest';
import { createBackoff } from './backoff.ts';

const bounds = { minimumMilliseconds: 500, maximumMilliseconds: 4_000 };

it('waits a random part of a bound that doubles up to the maximum', () => {
  const backoff = createBackoff(() => 0.5, bounds);
  expect([1, 2, 3, 4, 5].map(() => backoff.next())).toEqual([250, 500, 1_000, 2_000, 2_000]);
  backoff.reset();
  expect(backoff.next()).toBe(250);
  backoff.exhaust();
  expect(backoff.next()).toBe(2_000);
});

it('pauses from two to four times the minimum, however far the bound is', () => {
  const pauses = [0, 0.5, 0.999].map((random) => {
    const backoff = createBackoff(() => random, bounds);
    backoff.exhaust();
    return backoff.pause();
  });
  expect(pauses).toEqual([1_000, 1_500, 1_999]);
  expect(createBackoff(() => 0.5, { ...bounds, fixed: true }).pause()).toBe(1_000);
});

it('uses the whole range, so that a fleet does not come back at once', () => {
  expect([0, 0.999].map((random) => createBackoff(() => random, bounds).next())).toEqual([0, 500]);
});
