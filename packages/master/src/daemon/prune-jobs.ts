import type { Clock, Logger, Timer } from '@brine/common';
import type { Store } from '../store/store.ts';

/** Milliseconds between two prunings. */
const interval = 3_600_000;

/** Removes finished jobs that are older than `keepSeconds`, now and every hour; 0 keeps all. Returns how to stop. */
export function startPruning(options: {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly keepSeconds: number;
}): () => void {
  const { store, clock, logger, keepSeconds } = options;
  let timer: Timer = { cancel: () => {} };
  let isStopped = keepSeconds <= 0;
  async function prune(): Promise<void> {
    const removed = await store.prune(clock.now() - keepSeconds * 1000);
    if (removed > 0) logger.info('old jobs removed', { removed });
  }
  function turn(): void {
    if (isStopped) return;
    prune().catch((error: unknown) => logger.error('old jobs could not be removed', { error }));
    timer = clock.after(interval, turn);
  }
  turn();
  return () => {
    isStopped = true;
    timer.cancel();
  };
}
