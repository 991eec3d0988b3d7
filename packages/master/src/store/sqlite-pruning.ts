import type { SqliteAccess } from './sqlite-access.ts';
import { live } from './sqlite-schema.ts';

/** How long the event loop may be kept by one slice, in milliseconds; what comes meanwhile waits for it. */
const budget = 8;

/** How many jobs are looked at, and returns removed, between two looks at the time. */
const jobsAtOnce = 20;
const returnsAtOnce = 200;

/** How many such looks a slice has at most, on a machine that is fast enough for all of them. */
const looksAtMost = 5;

/** What removing needs beside the database. */
interface PruningAccess extends Pick<SqliteAccess, 'all' | 'run'> {
  /** Runs a transaction that is durable only with the next one that has to be. */
  readonly lazily: <Result>(work: () => Result) => Result;
  /** Resolves when the disk is not busy with a checkpoint. */
  readonly settled: () => Promise<void>;
}

/** Removes finished jobs created before a time, a slice at a time; tells how many. What is lost of it in a crash goes with the next one. */
export async function pruneJobs(access: PruningAccess, before: number): Promise<number> {
  let removed = 0;
  for (let after: string | undefined = ''; after !== undefined;) {
    // A commit would have to wait for the checkpoint, and everybody for the commit.
    await access.settled();
    await new Promise(setImmediate);
    const slice: PruneSlice = access.lazily(() => pruneSlice(access, { before, after: after ?? '' }));
    removed += slice.removed;
    after = slice.last;
  }
  return removed;
}

interface PruneSlice {
  readonly removed: number;
  /** The last job looked at, when there may be more. */
  readonly last: string | undefined;
}

interface PruneFrom {
  readonly before: number;
  readonly after: string;
}

function pruneSlice(access: Pick<SqliteAccess, 'all' | 'run'>, { before, after }: PruneFrom): PruneSlice {
  const end = performance.now() + budget;
  let removed = 0;
  let last: string | undefined = after;
  for (let look = 0; look < looksAtMost && last !== undefined; look += 1) {
    const few: PruneSlice = pruneFew(access, { before, after: last });
    removed += few.removed;
    last = few.last;
    if (performance.now() >= end) break;
  }
  return { removed, last };
}

function pruneFew({ all, run }: Pick<SqliteAccess, 'all' | 'run'>, { before, after }: PruneFrom): PruneSlice {
  const rows = all(
    `SELECT jid, created_at < ? AND NOT EXISTS
       (SELECT 1 FROM deliveries d WHERE d.jid = jobs.jid AND d.status IN ${live}) AS finished, created_at < ? AS old
     FROM jobs WHERE jid > ? ORDER BY jid LIMIT ${jobsAtOnce}`,
    ...[before, before, after],
  );
  let removed = 0;
  let room = returnsAtOnce;
  let done = after;
  for (const { jid, finished } of rows) {
    if (finished === 1) {
      const some = 'SELECT minion FROM deliveries WHERE jid = ? LIMIT ?';
      room -= run(`DELETE FROM deliveries WHERE jid = ? AND minion IN (${some})`, jid, jid, room);
      // The rest of this job, if there is one, goes with the next look.
      if (room === 0) return { removed, last: done };
      removed += run('DELETE FROM jobs WHERE jid = ?', jid);
    }
    done = jid as string;
  }
  const last = rows.at(-1);
  return { removed, last: rows.length === jobsAtOnce && last?.['old'] === 1 ? (last['jid'] as string) : undefined };
}
