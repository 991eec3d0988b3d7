import type { SqliteAccess } from './sqlite-access.ts';
import { toMinion, toMinionData } from './sqlite-rows.ts';
import type { Store } from './store.ts';

/** What the store keeps of minions. */
export type MinionMethods = Pick<
  Store,
  'saveMinion' | 'removeMinion' | 'minions' | 'saveMinionData' | 'removeMinionData' | 'minionData'
>;

/** Makes them. */
export function minionMethods({ commit, all, run }: SqliteAccess): MinionMethods {
  return {
    async saveMinion(minion) {
      const sql = `INSERT INTO minions VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET grains = excluded.grains,
        version = excluded.version, salt_version = excluded.salt_version, seen_at = excluded.seen_at`;
      const values = [minion.id, Buffer.from(minion.grains), minion.version, minion.saltVersion, minion.seenAt];
      await commit.write(() => run(sql, ...values));
    },
    async removeMinion(id) {
      await commit.write(() => run('DELETE FROM minions WHERE id = ?', id));
    },
    minions: async () => all('SELECT * FROM minions ORDER BY id').map(toMinion),
    async saveMinionData({ id, kind, sealed }) {
      const sql =
        'INSERT INTO minion_data VALUES (?, ?, ?) ON CONFLICT (id, kind) DO UPDATE SET sealed = excluded.sealed';
      await commit.write(() => run(sql, id, kind, Buffer.from(sealed)));
    },
    async removeMinionData(id, kind) {
      await commit.write(() =>
        kind === undefined
          ? run('DELETE FROM minion_data WHERE id = ?', id)
          : run('DELETE FROM minion_data WHERE id = ? AND kind = ?', id, kind),
      );
    },
    minionData: async () => all('SELECT * FROM minion_data').map(toMinionData),
  };
}
