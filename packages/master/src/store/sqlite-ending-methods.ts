import { encodeValue, type Jid, type MinionId } from '@brine/common';
import type { SqliteAccess } from './sqlite-access.ts';
import { live } from './sqlite-schema.ts';
import type { Delivery, JobRecord, Store } from './store.ts';

/** What ends deliveries from the master's side. */
export type EndingMethods = Pick<Store, 'abandon' | 'expireQueued' | 'nextExpiry' | 'shiftDeadlines'>;

/** Cancels what waits for these minions in the lane of `job` and is older than it, inside a write; tells which. */
export function supersede(
  { jid, lane }: JobRecord,
  minions: readonly MinionId[],
  { all, now }: Pick<SqliteAccess, 'all' | 'now'>,
): readonly Pick<Delivery, 'jid' | 'minion'>[] {
  if (lane === undefined) return [];
  const older = `SELECT jid FROM jobs WHERE lane = ? AND jid < ?`;
  const sql = `UPDATE deliveries SET status = 'cancelled', updated_at = ?, value = ?
    WHERE status = 'queued' AND minion = ? AND jid IN (${older}) RETURNING jid, minion`;
  const text = Buffer.from(encodeValue(`Superseded by the newer job ${jid}.`));
  const rows = minions.flatMap((minion) => all(sql, now(), text, minion, lane, jid));
  return rows.map((row) => ({ jid: row['jid'] as Jid, minion: row['minion'] as MinionId }));
}

/** Makes them. */
export function endingMethods({ commit, one, all, run, now }: SqliteAccess): EndingMethods {
  return {
    abandon: async (minion) =>
      commit.write(() => {
        const sql = `UPDATE deliveries SET status = CASE status WHEN 'queued' THEN 'cancelled' ELSE 'interrupted' END,
          updated_at = ?, value = ? WHERE minion = ? AND status IN ${live} RETURNING jid`;
        const text = Buffer.from(encodeValue('The key of the minion is no longer accepted.'));
        return all(sql, now(), text, minion).map((row) => row['jid'] as Jid);
      }),
    expireQueued: async (time) =>
      commit.write(() => {
        const late = `status = 'queued' AND not_after <= ?`;
        const rows = all(`SELECT jid, minion FROM deliveries WHERE ${late}`, time);
        run(`UPDATE deliveries SET status = 'expired', updated_at = ? WHERE ${late}`, now(), time);
        return rows.map((row) => ({ jid: row['jid'] as Jid, minion: row['minion'] as MinionId }));
      }),
    shiftDeadlines: async (milliseconds) =>
      commit.write(() => {
        const sql = `UPDATE deliveries SET not_after = not_after + ? WHERE status = 'queued' AND not_after IS NOT NULL`;
        run(sql, milliseconds);
      }),
    async nextExpiry() {
      const sql = `SELECT min(not_after) AS at FROM deliveries WHERE status = 'queued' AND not_after IS NOT NULL`;
      const at = one(sql)?.['at'];
      return at === null || at === undefined ? undefined : Number(at);
    },
  };
}
