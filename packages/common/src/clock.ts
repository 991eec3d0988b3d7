/** A pending timer. */
export interface Timer {
  cancel(): void;
}

/** Time as code may see it; tests hand in one they move by hand. */
export interface Clock {
  /** Milliseconds since the Unix epoch; may jump. For showing and for expiry dates that cross machines. */
  now(): number;
  /** Milliseconds from an arbitrary start; never jumps. For durations and timeouts. */
  monotonic(): number;
  /** Runs `callback` once after `milliseconds` of monotonic time. Does not keep the process alive. */
  after(milliseconds: number, callback: () => void): Timer;
}

/** Milliseconds: what a timer of Node can count. */
export const longestTimeout = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (milliseconds, callback) => {
    let timeout: NodeJS.Timeout;
    const wait = (left: number): void => {
      // Node takes a longer time for a millisecond.
      const now = Math.min(left, longestTimeout);
      timeout = setTimeout(() => (left > now ? wait(left - now) : callback()), now);
      timeout.unref();
    };
    wait(milliseconds);
    return { cancel: () => clearTimeout(timeout) };
  },
};
