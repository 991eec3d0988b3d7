import { decodeMessage, encodeMessage, type Clock, type JobMessage, type JobReturn, type Logger } from '@brine/common';
import { minionError } from '../errors.ts';
import type { OpenedRecordLog } from '../store/record-log-store.ts';

/** A job that this minion accepted and has not returned. */
export interface UnfinishedJob {
  readonly job: JobMessage;
  /** Milliseconds since the Unix epoch; absent when it was accepted and never begun. */
  readonly startedAt?: number;
}

/** What became of a job that was accepted before. */
export type Acceptance = 'new' | 'unfinished' | 'returned' | 'acknowledged';

/**
 * What this minion promised and did, on its disk: a job is in here before it runs and its return before it is sent.
 * Every method that changes something resolves when the change would survive a power cut.
 */
export interface JobJournal {
  /**
   * Takes a job on, unless it was before: then says how far that got. Throws `journal-full` when it has no room for a new
   * job, and `journal-unwritable`; then the job is not taken.
   */
  accept(job: JobMessage): Promise<Acceptance>;
  start(jid: string, startedAt: number): Promise<void>;
  finish(jobReturn: JobReturn): Promise<void>;
  /** The master has the return on its disk. */
  acknowledge(jid: string): Promise<void>;
  unfinished(): readonly UnfinishedJob[];
  /** Returns that the master has not acknowledged, oldest first. */
  unacknowledged(): readonly JobReturn[];
  close(): Promise<void>;
}

type JournalRecord =
  | { readonly kind: 'accepted'; readonly job: JobMessage }
  | { readonly kind: 'started'; readonly jid: string; readonly startedAt: number }
  | { readonly kind: 'returned'; readonly jobReturn: JobReturn }
  | { readonly kind: 'acknowledged'; readonly jid: string; readonly notAfter: number };

/** A job that the master has not acknowledged the return of. */
interface Entry {
  readonly notAfter: number;
  readonly job?: JobMessage;
  startedAt?: number;
  jobReturn?: JobReturn;
  /** Settles when it is on the disk that the job was taken; the job is not taken if it rejects. */
  accepting?: Promise<void>;
}

interface Entries {
  readonly open: Map<string, Entry>;
  /** Jobs whose returns have done their work, with their not-after: that they were done is still worth knowing. */
  readonly done: Map<string, number>;
}

// A publication can come again until it is out of date; a day more covers clocks that differ.
const remembranceMilliseconds = 24 * 60 * 60 * 1000;

// Rewriting costs one pass over what is alive; below this many dead records it is not worth it.
const compactionThreshold = 2000;

const defaultLimitBytes = 268_435_456;

/** What a journal is made of. */
export interface JobJournalOptions {
  readonly opened: OpenedRecordLog;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Bytes of jobs and returns that may wait here for the master; beyond it nothing new is taken on. */
  readonly limitBytes?: number;
  /** Whether the disk has room for a new job. */
  readonly hasRoom?: () => boolean;
}

interface Keeper {
  write(record: JournalRecord): Promise<void>;
  /** Takes a new job on. */
  take(job: JobMessage): Promise<void>;
  /** Writes anew what is still worth knowing. */
  compact(): Promise<void>;
}

function createKeeper(options: JobJournalOptions, entries: Entries): Keeper {
  const { clock, hasRoom = () => true } = options;
  const { log } = options.opened;
  const { open, done } = entries;
  let appended = 0;

  async function compact(): Promise<void> {
    // Rewriting takes as much room again as is alive.
    if (!hasRoom()) return;
    forgetOld(done, clock.now());
    appended = 0;
    await log.replace(recordsOf(entries).map((record) => encodeMessage(record)));
  }

  async function write(record: JournalRecord): Promise<void> {
    appended += 1;
    await log.append(encodeMessage(record), record.kind !== 'accepted');
    if (appended <= Math.max(compactionThreshold, open.size + done.size)) return;
    // The record is written; a file that cannot be made shorter is only longer.
    await compact().catch((error: unknown) => options.logger.error('job journal could not be rewritten', { error }));
  }

  return {
    compact,
    write,
    take: async (job) => {
      requireRoom(options, open);
      const entry: Entry = { notAfter: job.notAfter, job };
      open.set(job.jid, entry);
      entry.accepting = write({ kind: 'accepted', job });
      try {
        await entry.accepting;
      } catch (error) {
        // Else a repetition of the job would be taken for one that is kept.
        open.delete(job.jid);
        throw error;
      }
      delete entry.accepting;
    },
  };
}

/** Builds the journal from what the record log held. */
export async function createJobJournal(options: JobJournalOptions): Promise<JobJournal> {
  const { opened, clock } = options;
  const entries = readEntries(opened, options.logger);
  const { open, done } = entries;
  const keeper = createKeeper(options, entries);
  if (opened.records.length > 0) await keeper.compact();
  return {
    accept: async (job) => {
      if (done.has(job.jid)) return 'acknowledged';
      const known = open.get(job.jid);
      if (known === undefined) {
        await keeper.take(job);
        return 'new';
      }
      await known.accepting;
      return known.jobReturn === undefined ? 'unfinished' : 'returned';
    },
    start: async (jid, startedAt) => {
      replay(entries, { kind: 'started', jid, startedAt });
      await keeper.write({ kind: 'started', jid, startedAt });
    },
    finish: async (jobReturn) => {
      replay(entries, { kind: 'returned', jobReturn });
      await keeper.write({ kind: 'returned', jobReturn });
    },
    acknowledge: async (jid) => {
      const record = { kind: 'acknowledged', jid, notAfter: open.get(jid)?.notAfter ?? clock.now() } as const;
      replay(entries, record);
      await keeper.write(record);
    },
    unfinished: () => [...open.values()].flatMap(unfinishedJob),
    unacknowledged: () => [...open.values()].flatMap(({ jobReturn }) => (jobReturn === undefined ? [] : [jobReturn])),
    close: () => opened.log.close(),
  };
}

function readEntries({ records, damagedBytes }: OpenedRecordLog, logger: Logger): Entries {
  const entries: Entries = { open: new Map(), done: new Map() };
  for (const bytes of records) {
    try {
      replay(entries, decodeMessage(bytes) as JournalRecord);
    } catch (error) {
      logger.error('a record of the job journal cannot be read and is left out', { error, bytes: bytes.length });
    }
  }
  if (damagedBytes > 0) logger.error('job journal was damaged', { damagedBytes });
  return entries;
}

function replay({ open, done }: Entries, record: JournalRecord): void {
  if (record.kind === 'accepted') {
    if (!done.has(record.job.jid)) open.set(record.job.jid, { notAfter: record.job.notAfter, job: record.job });
  } else if (record.kind === 'started') {
    const entry = open.get(record.jid);
    if (entry !== undefined) entry.startedAt = record.startedAt;
  } else if (record.kind === 'returned') {
    const { jobReturn } = record;
    if (done.has(jobReturn.jid)) return;
    const entry = open.get(jobReturn.jid) ?? { notAfter: jobReturn.startedAt };
    entry.jobReturn = jobReturn;
    open.set(jobReturn.jid, entry);
  } else {
    open.delete(record.jid);
    done.set(record.jid, record.notAfter);
  }
}

function requireRoom({ hasRoom, limitBytes = defaultLimitBytes }: JobJournalOptions, open: Entries['open']): void {
  if (hasRoom?.() === false) throw minionError('journal-full', 'the disk of this minion is full');
  let bytes = 0;
  for (const { job, jobReturn } of open.values())
    bytes += (job?.argument.length ?? 0) + (job?.keywordArgument.length ?? 0) + (jobReturn?.value.length ?? 0);
  if (bytes > limitBytes) throw minionError('journal-full', 'too many returns of this minion wait for the master');
}

function unfinishedJob({ job, startedAt, jobReturn }: Entry): readonly UnfinishedJob[] {
  if (job === undefined || jobReturn !== undefined) return [];
  return [startedAt === undefined ? { job } : { job, startedAt }];
}

function forgetOld(done: Entries['done'], now: number): void {
  for (const [jid, notAfter] of done) if (notAfter + remembranceMilliseconds < now) done.delete(jid);
}

function recordsOf({ open, done }: Entries): readonly JournalRecord[] {
  const records: JournalRecord[] = [];
  for (const [jid, notAfter] of done) records.push({ kind: 'acknowledged', jid, notAfter });
  for (const [jid, { job, startedAt, jobReturn }] of open) {
    if (job !== undefined) records.push({ kind: 'accepted', job });
    if (startedAt !== undefined) records.push({ kind: 'started', jid, startedAt });
    if (jobReturn !== undefined) records.push({ kind: 'returned', jobReturn });
  }
  return records;
}
