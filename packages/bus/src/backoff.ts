/** Waiting times between attempts: full jitter below a bound that doubles up to a maximum. */
export interface Backoff {
  /** The next waiting time in milliseconds. */
  next(): number;
  /** A waiting time of two to four times the minimum, for when it is known that the other side is not there now. */
  pause(): number;
  /** Begins again at the minimum. */
  reset(): void;
  /** Goes to the maximum at once. */
  exhaust(): void;
}

export function createBackoff(
  random: () => number,
  bounds: { readonly minimumMilliseconds: number; readonly maximumMilliseconds: number; readonly fixed?: boolean },
): Backoff {
  let bound = bounds.minimumMilliseconds;
  return {
    next: () => {
      const milliseconds = Math.round((bounds.fixed === true ? 1 : random()) * bound);
      bound = Math.min(2 * bound, bounds.maximumMilliseconds);
      return milliseconds;
    },
    pause: () => Math.round(2 * bounds.minimumMilliseconds * (1 + (bounds.fixed === true ? 0 : random()))),
    reset: () => {
      bound = bounds.minimumMilliseconds;
    },
    exhaust: () => {
      bound = bounds.maximumMilliseconds;
    },
  };
}
