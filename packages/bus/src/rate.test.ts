import { expect, it } from 'vitest';
import { createManualClock } from '../test-support/manual-clock.ts';
import { createRate } from './rate.ts';

it('gives what was saved up at once, and then one turn after another', async () => {
  const clock = createManualClock();
  const rate = createRate(clock, 4);
  expect([1, 2, 3, 4, 5].map(() => rate.tryTake())).toEqual([true, true, true, true, false]);
  expect([rate.reserve(), rate.reserve(), rate.reserve()]).toEqual([250, 500, 750]);
  await clock.advance(1_000);
  expect([rate.tryTake(), rate.tryTake()]).toEqual([true, false]);
});

it('saves up no more than a second', async () => {
  const clock = createManualClock();
  const rate = createRate(clock, 2);
  await clock.advance(3_600_000);
  expect([1, 2, 3].map(() => rate.tryTake())).toEqual([true, true, false]);
});
