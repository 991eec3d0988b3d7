import type { Clock } from '@brine/common';

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves time on, running what falls due in its order, and gives every callback time to have its effects. */
  advance(milliseconds: number): Promise<void>;
  /** Sets the wall clock, as an administrator would; monotonic time does not care. */
  setNow(now: number): void;
}

interface Due {
  readonly at: number;
  readonly callback: () => void;
}

/** Lets everything happen that needs no time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resume) => setImmediate(resume));
}

export function createManualClock(): ManualClock {
  const due = new Set<Due>();
  let monotonic = 1_000;
  let offset = 1_700_000_000_000;
  const nextBefore = (end: number): Due | undefined => {
    let next: Due | undefined;
    for (const entry of due) if (entry.at <= end && (next === undefined || entry.at < next.at)) next = entry;
    return next;
  };
  return {
    now: () => offset + monotonic,
    monotonic: () => monotonic,
    after: (milliseconds, callback) => {
      const entry = { at: monotonic + milliseconds, callback };
      due.add(entry);
      return { cancel: () => due.delete(entry) };
    },
    advance: async (milliseconds) => {
      const end = monotonic + milliseconds;
      await settle();
      for (let next = nextBefore(end); next !== undefined; next = nextBefore(end)) {
        due.delete(next);
        monotonic = Math.max(monotonic, next.at);
        next.callback();
        await settle();
      }
      monotonic = end;
    },
    setNow: (now) => {
      offset = now - monotonic;
    },
  };
}
