import { decodeMessage, encodeMessage, type Clock, type JobMessage, type JobReturn, type Logger } from '@brine/common';
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
  /** Takes a job on, unless it was before: then says how far that got. */
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

interface Entry {
  readonly notAfter: number;
  readonly job?: JobMessage;
  startedAt?: number;
  jobReturn?: JobReturn;
  acknowledged: boolean;
}

// A publication can come again until it is out of date; a day more covers clocks that differ.
const remembranceMilliseconds = 24 * 60 * 60 * 1000;

// Rewriting costs one pass over what is alive; below this many dead records it is not worth it.
const compactionThreshold = 2000;

/** Builds the journal from what the record log held. */
export async function createJobJournal(options: {
  readonly opened: OpenedRecordLog;
  readonly clock: Clock;
  readonly logger: Logger;
}): Promise<JobJournal> {
  const { opened, clock } = options;
  const entries = readEntries(opened, options.logger);
  let appended = 0;

  async function compact(): Promise<void> {
    forgetOld(entries, clock.now());
    appended = 0;
    await opened.log.replace(recordsOf(entries).map((record) => encodeMessage(record)));
  }

  async function write(record: JournalRecord): Promise<void> {
    appended += 1;
    if (appended > compactionThreshold) await compact();
    else await opened.log.append(encodeMessage(record));
  }

  if (opened.records.length > 0) await compact();
  return {
    accept: async (job) => {
      const known = entries.get(job.jid);
      if (known !== undefined) return standing(known);
      entries.set(job.jid, { notAfter: job.notAfter, job, acknowledged: false });
      await write({ kind: 'accepted', job });
      return 'new';
    },
    start: async (jid, startedAt) => {
      const entry = entries.get(jid);
      if (entry !== undefined) entry.startedAt = startedAt;
      await write({ kind: 'started', jid, startedAt });
    },
    finish: async (jobReturn) => {
      replay(entries, { kind: 'returned', jobReturn });
      await write({ kind: 'returned', jobReturn });
    },
    acknowledge: async (jid) => {
      const record = { kind: 'acknowledged', jid, notAfter: entries.get(jid)?.notAfter ?? clock.now() } as const;
      replay(entries, record);
      await write(record);
    },
    unfinished: () => [...entries.values()].flatMap(unfinishedJob),
    unacknowledged: () =>
      [...entries.values()].flatMap(({ jobReturn, acknowledged }) =>
        jobReturn === undefined || acknowledged ? [] : [jobReturn],
      ),
    close: () => opened.log.close(),
  };
}

function readEntries({ records, damagedBytes }: OpenedRecordLog, logger: Logger): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const bytes of records) replay(entries, decodeMessage(bytes) as JournalRecord);
  if (damagedBytes > 0) logger.error('job journal was damaged', { damagedBytes });
  return entries;
}

function replay(entries: Map<string, Entry>, record: JournalRecord): void {
  if (record.kind === 'accepted') {
    entries.set(record.job.jid, { notAfter: record.job.notAfter, job: record.job, acknowledged: false });
  } else if (record.kind === 'started') {
    const entry = entries.get(record.jid);
    if (entry !== undefined) entry.startedAt = record.startedAt;
  } else if (record.kind === 'returned') {
    const { jobReturn } = record;
    const entry = entries.get(jobReturn.jid) ?? { notAfter: jobReturn.startedAt, acknowledged: false };
    entry.jobReturn = jobReturn;
    entries.set(jobReturn.jid, entry);
  } else {
    // The return has done its work; only that the job was done is still worth knowing.
    entries.set(record.jid, { notAfter: record.notAfter, acknowledged: true });
  }
}

function standing(entry: Entry): Acceptance {
  if (entry.acknowledged) return 'acknowledged';
  return entry.jobReturn === undefined ? 'unfinished' : 'returned';
}

function unfinishedJob(entry: Entry): readonly UnfinishedJob[] {
  const { job, startedAt, jobReturn, acknowledged } = entry;
  if (job === undefined || jobReturn !== undefined || acknowledged) return [];
  return [startedAt === undefined ? { job } : { job, startedAt }];
}

function forgetOld(entries: Map<string, Entry>, now: number): void {
  for (const [jid, entry] of entries) {
    if (entry.acknowledged && entry.notAfter + remembranceMilliseconds < now) entries.delete(jid);
  }
}

function recordsOf(entries: ReadonlyMap<string, Entry>): readonly JournalRecord[] {
  const records: JournalRecord[] = [];
  for (const [jid, { notAfter, job, startedAt, jobReturn, acknowledged }] of entries) {
    if (acknowledged) {
      records.push({ kind: 'acknowledged', jid, notAfter });
      continue;
    }
    if (job !== undefined) records.push({ kind: 'accepted', job });
    if (startedAt !== undefined) records.push({ kind: 'started', jid, startedAt });
    if (jobReturn !== undefined) records.push({ kind: 'returned', jobReturn });
  }
  return records;
}
