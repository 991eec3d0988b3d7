import type { Clock } from '@brine/common';

/** So many turns a second, with those of a second (or as told) saved up at most. */
export interface Rate {
  /** Takes a turn if there is one now. */
  tryTake(): boolean;
  /** Takes the next turn and tells in how many milliseconds it is; 0 is now. */
  reserve(): number;
}

// However many wait, nobody is sent away for longer.
const longestWaitMilliseconds = 60_000;

export function createRate(clock: Clock, perSecond: number, savedMilliseconds = 1_000): Rate {
  const share = 1_000 / perSecond;
  // When the next turn is; as far behind as turns are saved up.
  let next = clock.monotonic() - savedMilliseconds + share;
  const wait = (): number => {
    const now = clock.monotonic();
    next = Math.max(next, now - savedMilliseconds + share);
    return Math.max(0, next - now);
  };
  return {
    tryTake: () => {
      if (wait() > 0) return false;
      next += share;
      return true;
    },
    reserve: () => {
      const milliseconds = wait();
      next = Math.min(next + share, clock.monotonic() + longestWaitMilliseconds);
      return Math.ceil(milliseconds);
    },
  };
}
