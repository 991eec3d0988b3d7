import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError, parseJid, type Jid, type JobStatus } from '@brine/common';
import { isDiskFull, type SpaceReserve } from '@brine/daemon';
import Database from 'libsql';
import { createDamageTeller, salvageDamaged, type DamageTeller, type StoreWatch } from './store-watch.ts';
import { leaveCleanEnd } from './clean-end-store.ts';
import { createCheckpoints, pagesAtMost, type Checkpoints } from './checkpoints-store.ts';
import { createGroupCommit } from './group-commit.ts';
import type { SqliteAccess } from './sqlite-access.ts';
import { endingMethods, supersede, type EndingMethods } from './sqlite-ending-methods.ts';
import { minionMethods, type MinionMethods } from './sqlite-minion-methods.ts';
import { furtherCell, returnCells, toDelivery, toJob, type Row } from './sqlite-rows.ts';
import { pruneJobs } from './sqlite-pruning.ts';
import { live, migrations } from './sqlite-schema.ts';
import type { Store } from './store.ts';

/** The statuses a delivery passes through on its way; it never moves back. */
const predecessors: Readonly<Partial<Record<JobStatus, readonly JobStatus[]>>> = {
  delivered: ['queued'],
  running: ['queued', 'delivered'],
  cancelled: ['queued'],
};

/**
 * Opens the master's SQLite database (WAL, fsync at every commit), creating it with mode 0600.
 * `now` stamps what changes. While `reserve` has no room, `addJob` throws `store-full`. Throws `store-unusable` naming the file.
 */
export function openSqliteStore(
  path: string,
  now: () => number,
  reserve: SpaceReserve = boundless,
  watch: StoreWatch = {},
): Store {
  const settle = (fresh: Database.Database): void => {
    fresh.exec('DELETE FROM deliveries WHERE jid NOT IN (SELECT jid FROM jobs)');
  };
  salvageDamaged(path, { now, watch, open: openDatabase, settle });
  const { database, damage, checkpoints, access, lazily } = openFile(path, { now, reserve, watch });
  const { commit, one, run } = access;
  return {
    ...withRoom(jobMethods(access), path, reserve),
    ...deliveryMethods(access),
    ...endingMethods(access),
    ...minionMethods(access),
    prune: async (before) => pruneJobs({ ...access, lazily, settled: () => checkpoints.settled() }, before),
    counter: async (name) => BigInt((one('SELECT value FROM counters WHERE name = ?', name)?.['value'] as string) ?? 0),
    async setCounter(name, value) {
      const sql = 'INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value';
      await commit.write(() => run(sql, name, String(value)));
    },
    async close() {
      await commit.drain();
      await checkpoints.close();
      database.close();
      if (!damage.isDamaged) leaveCleanEnd(path);
    },
  };
}

interface OpenedFile {
  readonly database: Database.Database;
  readonly damage: DamageTeller;
  readonly checkpoints: Checkpoints;
  readonly access: SqliteAccess;
  /** Runs a transaction that is durable only with the next one that has to be. */
  readonly lazily: <Result>(work: () => Result) => Result;
}

interface OpenFileOptions {
  readonly now: () => number;
  readonly reserve: SpaceReserve;
  readonly watch: StoreWatch;
}

function openFile(path: string, { now, reserve, watch }: OpenFileOptions): OpenedFile {
  const database = openDatabase(path);
  const damage = createDamageTeller(watch);
  const checkpoints = createCheckpoints(path);
  database.exec(`PRAGMA wal_autocheckpoint = ${pagesAtMost}`);
  let pages = 0;
  const write = (work: () => void): void => {
    try {
      damage.watching(() => transact(database, work));
    } catch (error) {
      // What minions return must be kept, also when the disk is full: that is what the room was reserved for.
      if (!isDiskFull(error) || !reserve.release()) throw error;
      transact(database, work);
    }
    checkpoints.wrote(pages);
    pages = 0;
  };
  const commit = createGroupCommit(write);
  const prepare = createStatements(database);
  const one = (sql: string, ...values: unknown[]): Row | undefined =>
    damage.watching(() => prepare(sql).get(...values) as Row | undefined);
  const all = (sql: string, ...values: unknown[]): readonly Row[] =>
    damage.watching(() => prepare(sql).all(...values) as Row[]);
  const run = (sql: string, ...values: unknown[]): number => {
    const { changes } = prepare(sql).run(...values);
    pages += changes + pagesOf(values);
    return changes;
  };
  const lazily = <Result>(work: () => Result): Result => inLazyCommit(database, () => withResult(write, work));
  return { database, damage, checkpoints, access: { commit, one, all, run, now }, lazily };
}

/** The binding's own `transaction` hides why a commit failed behind the failure of its roll-back. */
function transact(database: Database.Database, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    try {
      database.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back already.
    }
    throw error;
  }
}

/** Without an fsync at the end: what is written becomes durable with the next commit that has one. */
function inLazyCommit<Result>(database: Database.Database, work: () => Result): Result {
  database.exec('PRAGMA synchronous = NORMAL');
  try {
    return work();
  } finally {
    database.exec('PRAGMA synchronous = FULL');
  }
}

function withResult<Result>(write: (work: () => void) => void, work: () => Result): Result {
  let results: readonly Result[] = [];
  write(() => void (results = [work()]));
  return results[0] as Result;
}

/** About how many pages of 4 KiB long values take. */
function pagesOf(values: readonly unknown[]): number {
  return values.reduce<number>((sum, value) => sum + (Buffer.isBuffer(value) ? value.length / 4096 : 0), 0);
}

const boundless: SpaceReserve = { hasRoom: () => true, release: () => false };

/** New jobs are refused while the disk is full; everything else still finds room. */
function withRoom(methods: JobMethods, path: string, reserve: SpaceReserve): JobMethods {
  return {
    ...methods,
    async addJob(job, minions) {
      if (!reserve.hasRoom()) {
        const message = `the disk of the master that holds ${path} is full: no job is taken until there is room`;
        throw new AppError({ code: 'store-full', message });
      }
      return methods.addJob(job, minions);
    },
  };
}

type Statement = Database.Statement<unknown[]>;

/** Each statement is prepared once; there are a few dozen. */
function createStatements(database: Database.Database): (sql: string) => Statement {
  const statements = new Map<string, Statement>();
  return (sql) => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
}

type JobMethods = Pick<Store, 'addJob' | 'findJob' | 'findSubmission' | 'listJobs' | 'lastJid'>;

function jobMethods({ commit, one, all, run, now }: SqliteAccess): JobMethods {
  return {
    addJob: async (job, minions) =>
      commit.write(() => {
        if (one('SELECT 1 FROM jobs WHERE jid = ?', job.jid) !== undefined) {
          throw new AppError({ code: 'job-exists', message: `there is a job ${job.jid} already` });
        }
        run(
          `INSERT INTO jobs (jid, fun, positional, keyword, target_type, target, user, created_at, not_after, further,
            durable, lane, once_key, once_digest, own) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          ...[job.jid, job.fun, Buffer.from(job.positional), Buffer.from(job.keyword)],
          ...[job.target.type, job.target.expression, job.user, job.createdAt, job.notAfter],
          ...[furtherCell(job), job.durable === true ? 1 : 0, job.lane ?? null],
          ...[job.once?.key ?? null, job.once?.digest ?? null, job.own === true ? 1 : null],
        );
        const sql = `INSERT INTO deliveries (jid, minion, status, updated_at, not_after) VALUES (?, ?, 'queued', ?, ?)`;
        const notAfter = job.batch === undefined ? job.notAfter : null;
        for (const minion of minions) run(sql, job.jid, minion, now(), notAfter);
        // In the same transaction: there is never a moment with both of them waiting, or with neither.
        return supersede(job, minions, { all, now });
      }),
    async findJob(jid) {
      const row = one('SELECT * FROM jobs WHERE jid = ?', jid);
      return row === undefined ? undefined : toJob(row);
    },
    async findSubmission(key) {
      const row = one('SELECT jid, once_digest FROM jobs WHERE once_key = ?', key);
      return row === undefined ? undefined : { jid: row['jid'] as Jid, digest: row['once_digest'] as string };
    },
    async listJobs({ limit, before = 'x', fun }) {
      if (fun !== undefined) {
        const sql = `SELECT * FROM jobs WHERE fun = ? AND jid < ?
          UNION ALL SELECT * FROM jobs WHERE instr(fun, ',') > 0 AND instr(',' || fun || ',', ?) > 0 AND jid < ?
          ORDER BY jid DESC LIMIT ?`;
        return all(sql, fun, before, `,${fun},`, before, limit).map(toJob);
      }
      return all('SELECT * FROM jobs WHERE jid < ? ORDER BY jid DESC LIMIT ?', before, limit).map(toJob);
    },
    lastJid: async () => parseJid(one('SELECT max(jid) AS jid FROM jobs')?.['jid']),
  };
}

type DeliveryMethods = Omit<
  Store,
  keyof JobMethods | keyof MinionMethods | keyof EndingMethods | 'prune' | 'counter' | 'setCounter' | 'close'
>;

function deliveryMethods({ commit, one, all, run, now }: SqliteAccess): DeliveryMethods {
  return {
    advance: async (jid, minion, status) =>
      commit.write(() => {
        const from = (predecessors[status] ?? []).map((name) => `'${name}'`).join(', ');
        const sql = `UPDATE deliveries SET status = ?, updated_at = ? WHERE jid = ? AND minion = ? AND status IN (${from})`;
        return run(sql, status, now(), jid, minion) > 0;
      }),
    finish: async (minion, answer) =>
      commit.write(() => {
        // A minion that took the job in time may answer after its delivery was given up as expired: its word counts.
        const sql = `UPDATE deliveries SET status = ?, updated_at = ?, started_at = ?, retcode = ?, value = ?,
          outputter = ?, duration = ?, pillar_version = ? WHERE jid = ? AND minion = ? AND status IN ('queued', 'delivered', 'running', 'expired')`;
        return run(sql, ...returnCells(answer, now()), answer.jid, minion) > 0;
      }),
    release: async (jid, minions, notAfter) =>
      commit.write(() => {
        const sql = `UPDATE deliveries SET not_after = ?, updated_at = ?
          WHERE jid = ? AND minion = ? AND status = 'queued' AND not_after IS NULL`;
        return minions.filter((minion) => run(sql, notAfter, now(), jid, minion) > 0);
      }),
    heldJobs: async () =>
      all(`SELECT DISTINCT jid FROM deliveries WHERE status = 'queued' AND not_after IS NULL ORDER BY jid`).map(
        (row) => row['jid'] as Jid,
      ),
    async findDelivery(jid, minion) {
      const row = one('SELECT * FROM deliveries WHERE jid = ? AND minion = ?', jid, minion);
      return row === undefined ? undefined : toDelivery(row);
    },
    deliveries: async (jid) => all('SELECT * FROM deliveries WHERE jid = ? ORDER BY minion', jid).map(toDelivery),
    unfinished: async () =>
      // Left alone, SQLite reads the whole table in order; the index has only what lives.
      all(`SELECT * FROM deliveries INDEXED BY deliveries_live WHERE status IN ${live} ORDER BY jid, minion`).map(
        toDelivery,
      ),
  };
}

/** Opens a database for the owner alone, with an fsync at every commit. Throws `store-unusable` naming the file. */
export function openDatabase(
  path: string,
  prepare: (database: Database.Database) => void = migrate,
): Database.Database {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const before = process.umask(0o077);
    try {
      const database = new Database(path);
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;');
      prepare(database);
      chmodSync(path, 0o600);
      return database;
    } finally {
      process.umask(before);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError({
      code: 'store-unusable',
      message: `cannot open the store ${path}: ${reason}`,
      cause: error,
    });
  }
}

function migrate(database: Database.Database): void {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > migrations.length) {
    throw new Error(
      `it was written by a newer version of Brine (schema ${version}, this one knows ${migrations.length})`,
    );
  }
  for (let next = version; next < migrations.length; next += 1) {
    // In one: whoever dies between the two would find a database that cannot be migrated a second time.
    database.exec(`BEGIN IMMEDIATE; ${migrations[next] ?? ''}; PRAGMA user_version = ${next + 1}; COMMIT`);
  }
}
