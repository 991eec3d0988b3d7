import { describe, expect, test } from 'vitest';
import { Stopwatch } from './stopwatch.ts';
import { threadTime } from './thread-time.ts';

const late = 'the template took longer than 100 milliseconds';

/** A stopwatch of 100 milliseconds, and what its clocks show. */
function start(shown: { wall: number; thread: number | undefined }): Stopwatch {
  return new Stopwatch(100, { wall: () => shown.wall, thread: () => shown.thread });
}

describe('a stopwatch', () => {
  test('goes on while the processor was busy with others, and ends when the work has had its time', () => {
    const shown = { wall: 0, thread: 7 };
    const stopwatch = start(shown);
    stopwatch.check();
    Object.assign(shown, { wall: 250, thread: 57 });
    expect(() => stopwatch.check()).not.toThrow();
    Object.assign(shown, { wall: 310, thread: 106 });
    expect(() => stopwatch.check()).not.toThrow();
    Object.assign(shown, { wall: 312, thread: 107 });
    expect(() => stopwatch.check()).toThrow(late);
  });

  test('ends what never gets far', () => {
    const shown = { wall: 0, thread: 0 };
    const stopwatch = start(shown);
    stopwatch.check();
    shown.wall = 500;
    expect(() => stopwatch.check()).not.toThrow();
    shown.wall = 601;
    expect(() => stopwatch.check()).toThrow(late);
  });

  test('goes by the wall where the system tells no other time', () => {
    const shown = { wall: 0, thread: undefined };
    const stopwatch = start(shown);
    shown.wall = 100;
    expect(() => stopwatch.check()).not.toThrow();
    shown.wall = 101;
    expect(() => stopwatch.check()).toThrow(late);
  });

  test('leaves out what passed while it waited, also of the thread', () => {
    const shown = { wall: 0, thread: 0 };
    const stopwatch = start(shown);
    stopwatch.check();
    stopwatch.pausedDuring(() => Object.assign(shown, { wall: 9_000, thread: 8_000 }));
    Object.assign(shown, { wall: 9_150, thread: 8_099 });
    expect(() => stopwatch.check()).not.toThrow();
    Object.assign(shown, { wall: 9_160, thread: 8_100 });
    expect(() => stopwatch.check()).toThrow(late);
  });
});

test.runIf(process.platform === 'linux')('the time of a thread grows while it computes', { timeout: 60_000 }, () => {
  const before = threadTime() ?? Number.NaN;
  let now = before;
  while (now - before < 20) now = threadTime() ?? Number.NaN;
  expect(now).toBeGreaterThanOrEqual(before + 20);
});
