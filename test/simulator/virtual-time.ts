import type { Clock, Timer } from '@brine/common';

/** Time that passes only when everything that can happen in a moment has happened. */
export interface VirtualTime {
  /** Milliseconds since the start. */
  readonly elapsed: number;
  after(milliseconds: number, callback: () => void): Timer;
  /** Lets time pass, running what falls due in its order. */
  pass(milliseconds: number): Promise<void>;
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** What needs no time happens in a few turns of the event loop: nothing in a simulation waits for a real disk or network. */
const turnsOfAMoment = 6;

async function settle(): Promise<void> {
  for (let turn = 0; turn < turnsOfAMoment; turn += 1) await new Promise((resume) => setImmediate(resume));
}

export function createVirtualTime(): VirtualTime {
  const due = new Set<Due>();
  let elapsed = 0;
  let order = 0;
  function earliest(limit: number): Due | undefined {
    let found: Due | undefined;
    for (const entry of due) {
      const isEarlier =
        found === undefined || entry.at < found.at || (entry.at === found.at && entry.order < found.order);
      if (entry.at <= limit && isEarlier) found = entry;
    }
    return found;
  }
  return {
    get elapsed() {
      return elapsed;
    },
    after(milliseconds, callback) {
      const entry = { at: elapsed + Math.max(0, milliseconds), order: (order += 1), callback };
      due.add(entry);
      return { cancel: () => void due.delete(entry) };
    },
    async pass(milliseconds) {
      const limit = elapsed + milliseconds;
      await settle();
      for (let next = earliest(limit); next !== undefined; next = earliest(limit)) {
        due.delete(next);
        elapsed = Math.max(elapsed, next.at);
        next.callback();
        await settle();
      }
      elapsed = limit;
    },
  };
}

/** The clock of one process: it stops with the process, and its wall time can be set wrong. */
export interface ProcessClock extends Clock {
  /** Milliseconds by which the wall clock is wrong from now on. */
  setSkew(milliseconds: number): void;
  stop(): void;
}

const epoch = Date.UTC(2026, 0, 1);

export function createProcessClock(time: VirtualTime, skew: number): ProcessClock {
  const timers = new Set<Timer>();
  let offset = skew;
  let isStopped = false;
  return {
    now: () => epoch + time.elapsed + offset,
    monotonic: () => time.elapsed,
    after(milliseconds, callback) {
      if (isStopped) return { cancel: () => {} };
      const timer = time.after(milliseconds, () => {
        timers.delete(timer);
        callback();
      });
      timers.add(timer);
      return timer;
    },
    setSkew: (milliseconds) => (offset = milliseconds),
    stop: () => {
      isStopped = true;
      for (const timer of timers) timer.cancel();
    },
  };
}
