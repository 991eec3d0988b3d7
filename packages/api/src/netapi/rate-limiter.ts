/** Counts requests and says when there were too many. */
export interface RateLimiter {
  /** Seconds to wait, or 0 when the request may go on. */
  take(who: string): number;
}

/** Those who are remembered; beyond, who was quiet longest is forgotten. */
const remembered = 20_000;

/** A bucket for everybody of `perMinute` requests, filled again evenly; 0 is no limit. `now` is in milliseconds. */
export function createRateLimiter(perMinute: number, now: () => number): RateLimiter {
  const buckets = new Map<string, { level: number; at: number }>();
  if (perMinute <= 0) return { take: () => 0 };
  const perMillisecond = perMinute / 60_000;
  return {
    take(who) {
      const time = now();
      const known = buckets.get(who) ?? { level: perMinute, at: time };
      const level = Math.min(perMinute, known.level + (time - known.at) * perMillisecond);
      buckets.delete(who);
      buckets.set(who, { level: level < 1 ? level : level - 1, at: time });
      if (buckets.size > remembered) buckets.delete(buckets.keys().next().value ?? '');
      return level < 1 ? Math.ceil((1 - level) / perMillisecond / 1000) : 0;
    },
  };
}
