import {
  encodeValue,
  parseMinionId,
  type Dict,
  type Jid,
  type JobProgress,
  type MinionId,
  type Value,
} from '@brine/common';
import type { JobRecord, Store } from '../store/store.ts';
import { toReturnEvent } from './follow-job.ts';
import type { JobWatchers } from './job-watchers.ts';

/** A job that the master itself runs. */
export interface MasterJob {
  readonly jid: Jid;
  /** `runner.state.orchestrate`. */
  readonly fun: string;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
  readonly user: string;
  /** The master, in the place of a minion. */
  readonly masterId: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
}

/** How it ended. */
export interface MasterJobEnd {
  readonly status: 'ok' | 'failed' | 'interrupted' | 'cancelled';
  readonly value: Value;
  readonly retcode: number;
  /** Milliseconds. */
  readonly duration: number;
}

/** Jobs of the master among those of minions: listed, looked up and followed as they are. */
export interface MasterJobs {
  /** Resolves when it is on disk and counts as running; again for one that is there is fine. */
  begin(job: MasterJob): Promise<void>;
  /** Tells whoever follows it how far it is. */
  progressed(job: Pick<MasterJob, 'jid' | 'masterId'>, progress: Omit<JobProgress, 'jid'>): void;
  /** Resolves when the end is durable. */
  end(job: MasterJob, end: MasterJobEnd): Promise<void>;
}

const day = 86_400_000;

/** Creates the keeper of the master's own jobs. */
export function createMasterJobs({
  store,
  watchers,
}: {
  readonly store: Store;
  readonly watchers: JobWatchers;
}): MasterJobs {
  return {
    async begin(job) {
      const minion = idOf(job);
      if ((await store.findJob(job.jid)) === undefined) await store.addJob(toRecord(job), [minion]);
      await store.advance(job.jid, minion, 'running');
    },
    progressed: ({ jid, masterId }, progress) =>
      watchers.tell(jid, { kind: 'progress', minion: masterId, progress: { ...progress, jid } }),
    async end(job, { status, value, retcode, duration }) {
      const minion = idOf(job);
      const { jid, fun, startedAt } = job;
      const answer = {
        jid,
        fun,
        status,
        retcode,
        startedAt,
        duration,
        value: encodeValue(value),
        outputter: 'highstate',
      };
      await store.finish(minion, answer);
      const [record, delivery] = [await store.findJob(jid), await store.findDelivery(jid, minion)];
      if (record !== undefined && delivery !== undefined) watchers.tell(jid, toReturnEvent(record, delivery));
    },
  };
}

function idOf({ masterId }: MasterJob): MinionId {
  return parseMinionId(masterId) ?? ('master' as MinionId);
}

function toRecord({ jid, fun, positional, keyword, user, masterId, startedAt }: MasterJob): JobRecord {
  return {
    ...{ jid, fun, user, own: true, createdAt: startedAt, notAfter: startedAt + day },
    positional: encodeValue([...positional]),
    keyword: encodeValue(keyword),
    target: { type: 'glob', expression: masterId },
  };
}
