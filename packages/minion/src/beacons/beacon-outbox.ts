import type { Dict, Logger } from '@brine/common';

/** Events on their way to the master. */
export interface BeaconOutbox {
  put(tag: string, payload: Dict): void;
  /** The master is there: what waits is sent, in order. */
  wake(): void;
}

/** What an outbox is made of. */
export interface BeaconOutboxOptions {
  readonly logger: Logger;
  /** Events that wait while the master is away; the oldest go first. */
  readonly limit: number;
  readonly isConnected: () => boolean;
  readonly send: (tag: string, payload: Dict) => Promise<void>;
}

interface Waiting {
  readonly tag: string;
  readonly payload: Dict;
}

/** Creates an outbox: events leave it one after another, each when the master has the one before. */
export function createBeaconOutbox({ logger, limit, isConnected, send }: BeaconOutboxOptions): BeaconOutbox {
  const waiting: Waiting[] = [];
  let dropped = 0;
  let isSending = false;
  let isAway = false;

  async function drain(): Promise<void> {
    if (isSending) return;
    isSending = true;
    try {
      for (let next = waiting[0]; next !== undefined && isConnected(); next = waiting[0]) {
        await deliver(next);
        if (waiting[0] === next) waiting.shift();
      }
    } catch (error) {
      // It stays where it is, and goes with the next one or when the master is back.
      logger.debug('an event of a beacon could not be sent', { error });
    } finally {
      isSending = false;
    }
  }

  async function deliver({ tag, payload }: Waiting): Promise<void> {
    try {
      await send(tag, payload);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      logger.error('the master refused an event of a beacon', { tag, error });
    }
  }

  return {
    put: (tag, payload) => {
      waiting.push({ tag, payload });
      if (!isConnected() && !isAway) {
        isAway = true;
        logger.info('events of beacons wait for the master', { tag });
      }
      if (waiting.length > limit) {
        waiting.shift();
        dropped += 1;
      }
      void drain();
    },
    wake: () => {
      if (dropped > 0) logger.warn('events of beacons were dropped while the master was away', { dropped });
      dropped = 0;
      isAway = false;
      void drain();
    },
  };
}

/** Sent again it would be refused again. */
function isRefusal(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === 'event-refused';
}
