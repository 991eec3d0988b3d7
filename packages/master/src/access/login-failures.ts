import type { Clock } from '@brine/common';

/** Counts failed logins by the place they came from. */
export interface LoginFailures {
  /** Whether too many failed there in the last minute, or too many are tried at the same time. */
  isLimited(place: string): boolean;
  /** Counts an attempt that begins; answers what to call when it is known how it ended. */
  begin(place: string): (isProven: boolean) => void;
}

/** Failures from one place in a minute after which it is not listened to. */
const failureLimit = 30;

/** As many may be tried at the same time before it is known whether they fail, failures included. */
const attemptLimit = 90;

/** Places that are remembered; beyond, the oldest are forgotten. */
const placesRemembered = 10_000;

/** Creates a count that remembers nothing yet. */
export function createLoginFailures(clock: Pick<Clock, 'monotonic'>): LoginFailures {
  const places = new Map<string, { failed: number; underWay: number; readonly since: number }>();
  return {
    isLimited(place) {
      const known = places.get(place);
      if (known === undefined) return false;
      if (clock.monotonic() - known.since < 60_000) {
        return known.failed >= failureLimit || known.failed + known.underWay >= attemptLimit;
      }
      places.delete(place);
      return false;
    },
    begin(place) {
      const known = places.get(place) ?? { failed: 0, underWay: 0, since: clock.monotonic() };
      known.underWay += 1;
      places.set(place, known);
      if (places.size > placesRemembered) places.delete(places.keys().next().value ?? '');
      return (isProven) => {
        known.underWay -= 1;
        if (!isProven) known.failed += 1;
      };
    },
  };
}
