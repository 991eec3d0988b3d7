import type { MinionId } from '@brine/common';
import type { Dispatcher } from '../jobs/dispatcher.ts';
import type { MinionDirectory } from '../minions/minion-directory.ts';
import type { Store } from '../store/store.ts';
import type { KeyRegistry } from './key-registry.ts';

/** What is looked at and told when a master comes up. */
export interface GoneMinionsParts {
  readonly store: Pick<Store, 'unfinished' | 'findJob' | 'minions'>;
  readonly keys: Pick<KeyRegistry, 'places'>;
  readonly directory: Pick<MinionDirectory, 'forget'>;
  readonly dispatcher: Pick<Dispatcher, 'abandon'>;
}

/**
 * Ends the jobs of minions whose key is accepted no longer, and forgets those whose key is gone: it was deleted while no
 * master ran, or the one that deleted it ended before this was done.
 */
export async function settleGone({ store, keys, directory, dispatcher }: GoneMinionsParts): Promise<void> {
  const places = await keys.places(['accepted', 'rejected']);
  const accepted = new Set(places.filter(({ state }) => state === 'accepted').map(({ id }) => id));
  const kept = new Set(places.map(({ id }) => id));
  for (const { id } of await store.minions()) if (!kept.has(id)) await directory.forget(id);
  for (const id of await minionsWithJobs(store)) if (!accepted.has(id)) await dispatcher.abandon(id);
}

/** The master stands in the place of a minion in its own jobs; it has no key there. */
async function minionsWithJobs(store: GoneMinionsParts['store']): Promise<ReadonlySet<MinionId>> {
  const minions = new Set<MinionId>();
  for (const { jid, minion } of await store.unfinished()) {
    if (minions.has(minion)) continue;
    const job = await store.findJob(jid);
    if (job !== undefined && job.own !== true) minions.add(minion);
  }
  return minions;
}
