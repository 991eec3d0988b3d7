import type { Jid, JobStatus, MinionId, Target, TargetType } from '@brine/common';
import type { Delivery, JobRecord, MinionRecord } from './store.ts';

/** A row as the binding gives it; bytes come as `ArrayBuffer` or `Buffer`. */
export type Row = Readonly<Record<string, unknown>>;

/** Reads a row of `jobs`. */
export function toJob(row: Row): JobRecord {
  const target: Target = { type: row['target_type'] as TargetType, expression: row['target'] as string };
  return {
    jid: row['jid'] as Jid,
    fun: row['fun'] as string,
    positional: toBytes(row['positional']),
    keyword: toBytes(row['keyword']),
    target,
    user: row['user'] as string,
    createdAt: Number(row['created_at']),
    notAfter: Number(row['not_after']),
  };
}

/** Reads a row of `deliveries`. */
export function toDelivery(row: Row): Delivery {
  return {
    jid: row['jid'] as Jid,
    minion: row['minion'] as MinionId,
    status: row['status'] as JobStatus,
    updatedAt: Number(row['updated_at']),
    ...present('startedAt', row['started_at'], Number),
    ...present('retcode', row['retcode'], Number),
    ...present('value', row['value'], toBytes),
    ...present('outputter', row['outputter'], String),
    ...present('duration', row['duration'], Number),
  };
}

/** Reads a row of `minions`. */
export function toMinion(row: Row): MinionRecord {
  return {
    id: row['id'] as MinionId,
    grains: toBytes(row['grains']),
    version: row['version'] as string,
    saltVersion: row['salt_version'] as string,
    seenAt: Number(row['seen_at']),
  };
}

function present<Key extends string, Result>(
  key: Key,
  cell: unknown,
  read: (cell: unknown) => Result,
): { [K in Key]?: Result } {
  return cell === null || cell === undefined ? {} : ({ [key]: read(cell) } as { [K in Key]?: Result });
}

function toBytes(cell: unknown): Uint8Array {
  return cell instanceof ArrayBuffer ? new Uint8Array(cell) : new Uint8Array(cell as Uint8Array);
}
