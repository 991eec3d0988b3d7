import type { Store } from './store.ts';

/**
 * A store that keeps nothing of minions on disk (`minion_data_cache: False`), except for the mine where that is wanted.
 * What there was is removed.
 */
export async function makeForgetful(store: Store, keepsMine: boolean): Promise<Store> {
  for (const { id } of await store.minions()) await store.removeMinion(id);
  for (const { id, kind } of await store.minionData()) {
    if (kind !== 'mine' || !keepsMine) await store.removeMinionData(id, kind);
  }
  return {
    ...store,
    saveMinion: async () => {},
    async saveMinionData(data) {
      if (data.kind === 'mine' && keepsMine) await store.saveMinionData(data);
    },
  };
}
