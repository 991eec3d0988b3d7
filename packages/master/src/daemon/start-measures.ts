import { jidTime, type Clock, type Jid, type Logger } from '@brine/common';
import type { EventControl, MasterMeasures } from '@brine/api';
import type { KeyRegistry } from '../keys/key-registry.ts';
import type { MinionDirectory } from '../minions/minion-directory.ts';
import type { Store } from '../store/store.ts';

/** What is measured. */
export interface MeasuresOptions {
  readonly events: Pick<EventControl, 'subscribe'>;
  readonly store: Pick<Store, 'unfinished'>;
  readonly directory: Pick<MinionDirectory, 'connected'>;
  readonly keys: Pick<KeyRegistry, 'acceptedIds'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Counts what happens, from now on. */
export interface Measures {
  measure(): Promise<MasterMeasures>;
  stop(): void;
}

/** Seconds that a return took, counted from the submission of its job. */
const bounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

/** Begins to count. */
export function startMeasures({ events, store, directory, keys, clock, logger }: MeasuresOptions): Measures {
  const controller = new AbortController();
  const endings = new Map<string, number>();
  const latency = { bounds, buckets: bounds.map(() => 0), count: 0, sum: 0 };
  let jobs = 0;
  function take(tag: string, status: unknown): void {
    const [, jid, kind] = /^salt\/job\/(\d{20})\/(new|ret)(?:\/|$)/.exec(tag) ?? [];
    if (kind === 'new') jobs += 1;
    if (kind !== 'ret') return;
    const name = typeof status === 'string' ? status : 'unknown';
    endings.set(name, (endings.get(name) ?? 0) + 1);
    const seconds = Math.max(0, (clock.now() - jidTime(jid as Jid)) / 1000);
    latency.count += 1;
    latency.sum += seconds;
    for (const [index, bound] of bounds.entries()) {
      if (seconds <= bound) latency.buckets[index] = (latency.buckets[index] ?? 0) + 1;
    }
  }
  async function listen(): Promise<void> {
    for await (const { tag, payload } of events.subscribe({ tag: 'salt/job/*', signal: controller.signal })) {
      take(tag, payload.get('status'));
    }
  }
  listen().catch((error: unknown) => logger.error('events cannot be counted', { error }));
  return {
    async measure() {
      const open: Record<string, number> = { queued: 0, delivered: 0, running: 0 };
      for (const { status } of await store.unfinished()) open[status] = (open[status] ?? 0) + 1;
      return {
        connectedMinions: directory.connected.size,
        acceptedMinions: keys.acceptedIds().length,
        ...{ jobs, open, latency, endings: Object.fromEntries(endings) },
      };
    },
    stop: () => controller.abort(),
  };
}
