import {
  decodeValue,
  encodeValue,
  parseMinionId,
  toPlain,
  toValue,
  type Dict,
  type Jid,
  type JobReturn,
  type JobStatus,
  type MinionId,
  type Plain,
  type ReturnerWish,
  type Target,
  type TargetType,
} from '@brine/common';
import type { BatchPlan, Delivery, JobRecord, MinionData, MinionDataKind, MinionRecord } from './store.ts';

/** A row as the binding gives it; bytes come as `ArrayBuffer` or `Buffer`. */
export type Row = Readonly<Record<string, unknown>>;

/** Reads a row of `jobs`. */
export function toJob(row: Row): JobRecord {
  const { delimiter, ...further } = readFurther(row['further']);
  const target: Target = {
    type: row['target_type'] as TargetType,
    expression: row['target'] as string,
    ...(delimiter === undefined ? {} : { delimiter }),
  };
  return {
    jid: row['jid'] as Jid,
    fun: row['fun'] as string,
    positional: toBytes(row['positional']),
    keyword: toBytes(row['keyword']),
    target,
    user: row['user'] as string,
    createdAt: Number(row['created_at']),
    notAfter: Number(row['not_after']),
    ...(Number(row['own']) === 1 ? { own: true } : {}),
    ...(Number(row['durable']) === 1 ? { durable: true } : {}),
    ...present('lane', row['lane'], String),
    ...further,
  };
}

/** What only some jobs have, as one cell; `null` when there is none of it. */
export function furtherCell({
  asker,
  batch,
  metadata,
  returners,
  target: { delimiter },
}: JobRecord): Uint8Array | null {
  if ([asker, batch, metadata, returners, delimiter].every((one) => one === undefined)) return null;
  return Buffer.from(
    encodeValue(
      toValue({
        ...(asker === undefined ? {} : { asker }),
        ...(batch && { batch: { ...batch } }),
        ...(metadata !== undefined && { metadata }),
        ...(returners !== undefined && { returners: { ...returners } as Plain }),
        ...(delimiter !== undefined && { delimiter }),
      }),
    ),
  );
}

function readFurther(
  cell: unknown,
): Pick<JobRecord, 'asker' | 'batch' | 'metadata' | 'returners'> & { readonly delimiter?: string } {
  if (cell === null || cell === undefined) return {};
  const further = decodeValue(toBytes(cell)) as Dict;
  const [batch, metadata, delimiter, returners] = ['batch', 'metadata', 'delimiter', 'returners'].map((key) =>
    further.get(key),
  );
  const asker = parseMinionId(further.get('asker'));
  return {
    ...(asker === undefined ? {} : { asker }),
    ...(batch === undefined ? {} : { batch: toPlain(batch) as unknown as BatchPlan }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(typeof delimiter === 'string' ? { delimiter } : {}),
    ...(returners === undefined ? {} : { returners: toPlain(returners) as unknown as ReturnerWish }),
  };
}

/** What a return changes of a row of `deliveries`: from its status to the version of the pillar. */
export function returnCells(answer: JobReturn, now: number): readonly unknown[] {
  const { status, startedAt, retcode, value, outputter = null, duration, pillarVersion = null } = answer;
  return [status, now, startedAt, retcode, Buffer.from(value), outputter, duration, pillarVersion];
}

/** Reads a row of `deliveries`. */
export function toDelivery(row: Row): Delivery {
  return {
    jid: row['jid'] as Jid,
    minion: row['minion'] as MinionId,
    status: row['status'] as JobStatus,
    updatedAt: Number(row['updated_at']),
    ...present('notAfter', row['status'] === 'queued' ? row['not_after'] : null, Number),
    ...present('startedAt', row['started_at'], Number),
    ...present('retcode', row['retcode'], Number),
    ...present('value', row['value'], toBytes),
    ...present('outputter', row['outputter'], String),
    ...present('pillarVersion', row['pillar_version'], String),
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

/** Reads a row of `minion_data`. */
export function toMinionData(row: Row): MinionData {
  return { id: row['id'] as MinionId, kind: row['kind'] as MinionDataKind, sealed: toBytes(row['sealed']) };
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
