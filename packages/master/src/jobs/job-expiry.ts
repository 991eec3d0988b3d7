import type { Clock, Jid, Logger, MinionId, Timer } from '@brine/common';
import type { Store } from '../store/store.ts';

/** One timer never waits longer than a day, so that a clock that jumps does no harm. */
const longestWait = 86_400_000;

/** Gives up deliveries that nobody took in time. */
export interface JobExpiry {
  /** Gives up what is due and waits for the next. */
  expire(): Promise<void>;
  /** Looks when the next delivery runs out and waits for it. */
  reschedule(): Promise<void>;
  stop(): void;
}

/** What expiry works with. */
export interface JobExpiryOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  onExpired(jid: Jid, minion: MinionId): Promise<void>;
}

/** Creates expiry; it waits for nothing before the first call. */
export function createJobExpiry(options: JobExpiryOptions): JobExpiry {
  const { store, clock, logger } = options;
  let timer: Timer | undefined;
  let isStopped = false;

  async function expire(): Promise<void> {
    for (const { jid, minion } of await store.expireQueued(clock.now())) await options.onExpired(jid, minion);
    await reschedule();
  }

  async function reschedule(): Promise<void> {
    timer?.cancel();
    const next = isStopped ? undefined : await store.nextExpiry();
    if (isStopped || next === undefined) return;
    timer?.cancel();
    timer = clock.after(Math.min(Math.max(next - clock.now(), 0), longestWait), () => {
      expire().catch((error: unknown) => logger.error('expiring jobs failed', { error }));
    });
  }

  return {
    expire,
    reschedule,
    stop() {
      isStopped = true;
      timer?.cancel();
    },
  };
}
