import type { Clock, Dict, Logger, Timer, Value } from '@brine/common';
import type { Companion, CompanionHost } from '../daemon/companion.ts';

/** What upkeep works with. */
export interface UpkeepOptions {
  /** The configuration; `grains_refresh_every` and, with `mine_return_job`, `mine_enabled` and `mine_interval` count. */
  readonly options: Dict;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Task {
  readonly name: string;
  readonly fun: string;
  readonly report: 'store' | 'none';
  /** Milliseconds; 0 for once only. */
  readonly interval: number;
  /** Whether it is done at the first connect too. */
  readonly isImmediate: boolean;
}

/**
 * Collects the grains anew at intervals, and fills the mine with jobs whose returns the master keeps. A daemon whose mine
 * updates nobody wants to see makes them by itself.
 */
export function createUpkeepCompanion({ options, clock, logger }: UpkeepOptions, host: CompanionHost): Companion {
  const timers = new Map<string, Timer>();
  const tasks = tasksOf(options);
  let hasBegun = false;
  const run = (task: Task): void => {
    const { name, fun, report, interval } = task;
    const isWorthwhile = host.isConnected() && host.countOwn('schedule', name) === 0;
    if (isWorthwhile) {
      host
        .begin({ kind: 'schedule', name, report, fun, positional: [], keyword: new Map<Value, Value>() })
        .catch((error: unknown) => logger.error('upkeep could not begin', { job: name, error }));
    }
    if (interval > 0)
      timers.set(
        name,
        clock.after(interval, () => run(task)),
      );
  };
  return {
    name: 'upkeep',
    start: () => {
      for (const task of tasks.filter(({ isImmediate }) => !isImmediate))
        timers.set(
          task.name,
          clock.after(task.interval, () => run(task)),
        );
    },
    connected: () => {
      if (hasBegun) return;
      hasBegun = true;
      for (const task of tasks.filter(({ isImmediate }) => isImmediate)) run(task);
    },
    stop: () => {
      for (const timer of timers.values()) timer.cancel();
    },
    answer: () => null,
  };
}

function tasksOf(options: Dict): readonly Task[] {
  const minutes = (key: string): number => {
    const value = options.get(key);
    return typeof value === 'number' && value > 0 ? value * 60_000 : 0;
  };
  const refresh = minutes('grains_refresh_every');
  const returnsMine = options.get('mine_return_job') === true && options.get('mine_enabled') === true;
  const grains: Task = {
    ...{ name: '__grains_refresh', fun: 'saltutil.refresh_grains', interval: refresh },
    ...{ report: 'none', isImmediate: false },
  };
  const mine: Task = {
    ...{ name: '__mine_interval', fun: 'mine.update', interval: minutes('mine_interval') },
    ...{ report: 'store', isImmediate: true },
  };
  return [...(refresh === 0 ? [] : [grains]), ...(returnsMine ? [mine] : [])];
}
