import { createManualClock } from '@brine/testkit';
import { expect, it } from 'vitest';
import { watchClock } from './watch-clock.ts';

function setUp() {
  const clock = createManualClock();
  let skew = 0;
  const watched = watchClock({ ...clock, now: () => clock.now() + skew });
  const steps: number[] = [];
  watched.onStep((milliseconds) => void steps.push(milliseconds));
  return { clock, watched, steps, set: (milliseconds: number) => (skew += milliseconds) };
}

it('tells of a step before anybody reads the new time, and once', () => {
  const { clock, watched, steps, set } = setUp();
  const before = watched.now();
  set(-3_600_000);
  watched.onStep(() => expect(steps).toEqual([-3_600_000]));
  expect(watched.now()).toBe(before - 3_600_000);
  clock.advance(10_000);
  expect(steps).toEqual([-3_600_000]);
});

it('looks by itself when nobody reads the time', () => {
  const { clock, steps, set } = setUp();
  set(60_000);
  clock.advance(1000);
  expect(steps).toEqual([60_000]);
});

it('adds slow corrections up', () => {
  const { clock, steps, set } = setUp();
  for (let count = 0; count < 5; count += 1) {
    set(300);
    clock.advance(1000);
  }
  expect(steps).toEqual([1200]);
});

it('tells of whole milliseconds, though monotonic time has fractions of them', () => {
  const clock = createManualClock();
  let [skew, fraction] = [0, 0];
  const watched = watchClock({
    ...clock,
    now: () => clock.now() + skew,
    monotonic: () => clock.monotonic() + fraction,
  });
  const steps: number[] = [];
  watched.onStep((milliseconds) => void steps.push(milliseconds));
  [skew, fraction] = [-3_600_000, 0.375];
  watched.now();
  expect(steps).toEqual([-3_600_000]);
});
