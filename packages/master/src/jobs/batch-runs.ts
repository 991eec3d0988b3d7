import type { Clock, Jid, Logger, MinionId } from '@brine/common';
import type { JobEvent } from '@brine/api';
import type { MinionDirectory } from '../minions/minion-directory.ts';
import type { BatchPlan, JobRecord, Store } from '../store/store.ts';
import { followJob } from './follow-job.ts';
import type { JobTransport } from './job-transport.ts';
import type { JobWatchers } from './job-watchers.ts';
import type { Revealing } from './revealing.ts';
import { publishJob } from './publish-job.ts';

/** What running in batches works with. */
export interface BatchRunsOptions {
  readonly store: Store;
  readonly transport: JobTransport;
  readonly revealing: Pick<Revealing, 'publicKeyOf'>;
  readonly directory: MinionDirectory;
  readonly watchers: JobWatchers;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Something was released and may run out. */
  onReleased(): Promise<void>;
  /** Ends a delivery that was never released. */
  withdraw(jid: Jid, minion: MinionId): Promise<void>;
}

/** Jobs that are released to their minions a few at a time. */
export interface BatchRuns {
  /** Resolves when the first minions have it. */
  begin(job: JobRecord): Promise<void>;
  /** Goes on with what an earlier process left. */
  resume(): Promise<void>;
  stop(): void;
}

/** Creates the keeper of batches. */
export function createBatchRuns(options: BatchRunsOptions): BatchRuns {
  const stopping = new AbortController();
  async function begin(job: JobRecord): Promise<void> {
    if (job.batch === undefined) return;
    const run = await createBatchRun(job, job.batch, options);
    await run.release();
    run.toEnd(stopping.signal).catch((error: unknown) => {
      options.logger.error('a batch could not go on', { jid: job.jid, error });
    });
  }
  return {
    begin,
    async resume() {
      for (const jid of await options.store.heldJobs()) {
        const job = await options.store.findJob(jid);
        if (job !== undefined) await begin(job);
      }
    },
    stop: () => stopping.abort(),
  };
}

interface BatchRun {
  /** Hands the job to as many minions as there are places. */
  release(): Promise<void>;
  /** Releases more whenever a place becomes free, until all have ended. */
  toEnd(signal: AbortSignal): Promise<void>;
}

async function createBatchRun(job: JobRecord, plan: BatchPlan, options: BatchRunsOptions): Promise<BatchRun> {
  const { store, clock } = options;
  const deliveries = await store.deliveries(job.jid);
  const isLive = (status: string): boolean => ['queued', 'delivered', 'running'].includes(status);
  const open = deliveries.filter(({ status }) => isLive(status));
  const held = open.filter(({ status, notAfter }) => status === 'queued' && notAfter === undefined);
  const waiting = new Set(held.map(({ minion }) => minion));
  const active = new Set(open.map(({ minion }) => minion).filter((minion) => !waiting.has(minion)));
  let resting = 0;
  let isStopped = false;

  const release = inTurn(async () => {
    const next = [...waiting].slice(0, Math.max(0, plan.places - active.size - resting));
    if (next.length === 0 || isStopped) return;
    for (const minion of next) waiting.delete(minion);
    const notAfter = clock.now() + plan.deliverWithin;
    const released = await store.release(job.jid, next, notAfter);
    for (const minion of released) active.add(minion);
    options.watchers.tell(job.jid, { kind: 'batch', minions: released });
    await publishJob(job, { minions: released, notAfter }, options.transport, options.revealing.publicKeyOf(job.jid));
    await options.onReleased();
  });

  async function rest(signal: AbortSignal): Promise<void> {
    if (plan.wait <= 0) return release();
    resting += 1;
    clock.after(plan.wait, () => {
      resting -= 1;
      if (signal.aborted) return;
      release().catch((error: unknown) => options.logger.error('a batch could not go on', { jid: job.jid, error }));
    });
    return undefined;
  }

  async function giveUp(): Promise<void> {
    isStopped = true;
    for (const minion of waiting) await options.withdraw(job.jid, minion);
  }

  return {
    release,
    async toEnd(signal) {
      for await (const event of followJob(job.jid, { patience: plan.patience, signal }, options)) {
        if (event.kind !== 'return' && event.kind !== 'unreachable') continue;
        waiting.delete(event.minion as MinionId);
        const hadPlace = active.delete(event.minion as MinionId);
        if (plan.failhard && !isStopped && isFailure(event)) await giveUp();
        else if (hadPlace) await rest(signal);
      }
    },
  };
}

/** A minion that was away when its turn came has not failed. */
function isFailure(event: JobEvent): boolean {
  if (event.kind === 'unreachable') return true;
  return event.kind === 'return' && event.status !== 'expired' && (event.status !== 'ok' || event.retcode !== 0);
}

/** Calls of the work follow each other and never overlap. */
function inTurn(work: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve();
  return async () => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
}
