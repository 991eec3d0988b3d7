import type { Clock, Dict, Logger, Timer } from '@brine/common';

/** Keeps what this minion has in the mine fresh. */
export interface MineUpdates {
  /** The master is there: the first time, the mine is filled, and from then on at intervals. */
  connected(): void;
  stop(): void;
}

/** What the updates are made of. */
export interface MineUpdatesOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** The configuration; `mine_enabled` and `mine_interval` (minutes) count. */
  readonly options: Dict;
  isConnected(): boolean;
  /** Calls `mine.update` and resolves when it ended, with what it said when it failed. */
  update(): Promise<string | undefined>;
}

/** Creates the updates; none is made before the master is there. */
export function createMineUpdates(parts: MineUpdatesOptions): MineUpdates {
  const { clock, logger, options } = parts;
  const interval = options.get('mine_interval');
  const milliseconds = typeof interval === 'number' ? interval * 60_000 : 0;
  // Updates whose returns the master keeps are jobs.
  let hasBegun = options.get('mine_enabled') !== true || options.get('mine_return_job') === true;
  let timer: Timer | undefined;

  async function turn(): Promise<void> {
    // While the master is away its mine keeps what it has.
    if (parts.isConnected()) {
      const fault = await parts.update();
      if (fault !== undefined) logger.warn('the mine could not be updated', { fault });
    }
    if (milliseconds > 0) timer = clock.after(milliseconds, () => void turn());
  }

  return {
    connected() {
      if (hasBegun) return;
      hasBegun = true;
      void turn();
    },
    stop() {
      hasBegun = true;
      timer?.cancel();
    },
  };
}
