import type { Clock } from '@brine/common';

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves time on and runs what falls due, in order; what those callbacks start may fall due too. */
  advance(milliseconds: number): void;
  /** How many timers wait. */
  readonly pending: number;
}

interface Waiting {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Creates a clock that stands at `start` (milliseconds since the Unix epoch). */
export function createManualClock(start = Date.UTC(2026, 0, 1)): ManualClock {
  const waiting = new Set<Waiting>();
  let elapsed = 0;
  let order = 0;
  function nextDue(limit: number): Waiting | undefined {
    const due = [...waiting].filter(({ at }) => at <= limit);
    return due.sort((a, b) => a.at - b.at || a.order - b.order)[0];
  }
  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    after(milliseconds, callback) {
      const timer = { at: elapsed + Math.max(0, milliseconds), order: (order += 1), callback };
      waiting.add(timer);
      return { cancel: () => void waiting.delete(timer) };
    },
    advance(milliseconds) {
      const limit = elapsed + milliseconds;
      for (let timer = nextDue(limit); timer !== undefined; timer = nextDue(limit)) {
        waiting.delete(timer);
        elapsed = Math.max(elapsed, timer.at);
        timer.callback();
      }
      elapsed = limit;
    },
    get pending() {
      return waiting.size;
    },
  };
}
