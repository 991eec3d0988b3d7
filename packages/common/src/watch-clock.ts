import type { Clock } from './clock.ts';

/** A clock that notices when its wall time is set. */
export interface WatchedClock extends Clock {
  /**
   * `listener` is told by how many whole milliseconds the wall clock was set, negative for back, before anybody reads the
   * new time. Slow corrections are told once they add up to a second.
   */
  onStep(listener: (milliseconds: number) => void): void;
}

/** What wall time may drift from monotonic time before it counts as set. */
const threshold = 1000;

/** How often it looks when nobody reads the time. */
const interval = 1000;

/** Watches a clock for as long as the process lives. */
export function watchClock(clock: Clock): WatchedClock {
  const listeners: ((milliseconds: number) => void)[] = [];
  const offset = (): number => clock.now() - clock.monotonic();
  let known = offset();
  function look(): void {
    // Whole, as wall times are: what they are moved by must not leave them between two milliseconds.
    const step = Math.round(offset() - known);
    if (Math.abs(step) < threshold) return;
    known += step;
    for (const listener of listeners) listener(step);
  }
  function lookAgain(): void {
    look();
    clock.after(interval, lookAgain);
  }
  clock.after(interval, lookAgain);
  return {
    now() {
      look();
      return clock.now();
    },
    monotonic: () => clock.monotonic(),
    after: (milliseconds, callback) => clock.after(milliseconds, callback),
    onStep: (listener) => void listeners.push(listener),
  };
}
