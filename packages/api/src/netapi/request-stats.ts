import { toValue, type Dict } from '@brine/common';

/** What `/stats` and `/metrics` tell of requests. */
export interface RequestStats {
  begin(): void;
  /** Milliseconds. */
  end(request: { readonly route: string; readonly status: number; readonly duration: number }): void;
  /** In the shape of CherryPy's statistics. */
  toValue(): Dict;
  /** Counts and durations by route and status. */
  readonly byRoute: ReadonlyMap<string, RouteStats>;
  readonly current: number;
}

/** Requests of one route that ended with one status. */
export interface RouteStats {
  readonly route: string;
  readonly status: number;
  count: number;
  /** Milliseconds in all. */
  duration: number;
  /** How many took at most so long, by {@link durationBounds}. */
  readonly buckets: number[];
}

/** Milliseconds. */
export const durationBounds: readonly number[] = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

/** Begins to count at `startedAt`, milliseconds since the Unix epoch. */
export function createRequestStats(startedAt: number): RequestStats {
  const byRoute = new Map<string, RouteStats>();
  let total = 0;
  let current = 0;
  return {
    byRoute,
    get current() {
      return current;
    },
    begin() {
      total += 1;
      current += 1;
    },
    end({ route, status, duration }) {
      current -= 1;
      const key = `${status} ${route}`;
      const known = byRoute.get(key) ?? { route, status, count: 0, duration: 0, buckets: durationBounds.map(() => 0) };
      known.count += 1;
      known.duration += duration;
      for (const [index, bound] of durationBounds.entries())
        if (duration <= bound) known.buckets[index] = (known.buckets[index] ?? 0) + 1;
      byRoute.set(key, known);
    },
    toValue() {
      const now = Date.now();
      return toValue({
        'CherryPy Applications': {
          Enabled: true,
          'Current Time': now / 1000,
          'Start Time': startedAt / 1000,
          Uptime: (now - startedAt) / 1000,
          'Total Requests': total,
          'Current Requests': current,
          'Total Time': [...byRoute.values()].reduce((sum, { duration }) => sum + duration, 0) / 1000,
          Requests: {},
          'Slow Queries': [],
        },
      }) as Dict;
    },
  };
}
