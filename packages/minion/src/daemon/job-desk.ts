import { encodeValue, type Clock, type JobMessage, type JobProgress, type JobReturn, type Logger } from '@brine/common';
import type { JobJournal } from './job-journal.ts';
import type { RunningWork, WorkerResult } from './worker-pool.ts';

/** Where a job stands on this minion. */
export interface JobStanding {
  readonly status: 'queued' | 'running' | 'unknown';
  readonly progress?: JobProgress;
}

/** A job that this minion works on, as `saltutil.running` lists it. */
export interface CurrentJob {
  readonly jid: string;
  readonly fun: string;
  readonly user: string;
  readonly pid: number;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
}

/** Takes jobs on, has them run by workers, and sees that each ends in exactly one return. */
export interface JobDesk {
  /** Resolves when the job is durably accepted, or was before. */
  accept(job: JobMessage): Promise<void>;
  /** Deals with what a daemon before this one left: begun jobs are `interrupted`, accepted ones run. */
  resume(): Promise<void>;
  cancel(jid: string, force: boolean): Promise<boolean>;
  find(jid: string): JobStanding;
  current(): readonly CurrentJob[];
  /** Begins no further job, lets those that run end, and after the given time ends them. */
  drain(milliseconds: number): Promise<void>;
}

/** What a desk is made of. */
export interface JobDeskOptions {
  readonly journal: JobJournal;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Jobs that may run at once. */
  readonly limit: number;
  /** Begins a job in a worker. */
  work(job: JobMessage, onProgress: (progress: JobProgress) => void): Promise<RunningWork> | RunningWork;
  /** A job was begun; the master is told if it can be. */
  onStarted(jid: string, startedAt: number): void;
  onProgress(progress: JobProgress): void;
  /** A return is in the journal. */
  onReturn(): void;
}

interface Current {
  readonly job: JobMessage;
  readonly startedAt: number;
  work?: RunningWork;
  progress?: JobProgress;
  /** How it is to be ended; also for a job whose worker is only being found. */
  ending?: { readonly kind: 'cancel'; readonly force: boolean } | { readonly kind: 'interrupt' };
}

/** Creates the desk over a journal. */
export function createJobDesk(options: JobDeskOptions): JobDesk {
  const { journal, clock, logger } = options;
  const waiting = new Map<string, JobMessage>();
  const running = new Map<string, Current>();
  const idle = new Set<() => void>();
  let isDraining = false;

  function startNext(): void {
    if (running.size === 0) for (const resolve of idle) resolve();
    for (const job of waiting.values()) {
      if (isDraining || running.size >= options.limit) return;
      waiting.delete(job.jid);
      const current: Current = { job, startedAt: clock.now() };
      running.set(job.jid, current);
      void runToEnd(current).finally(() => {
        running.delete(job.jid);
        startNext();
      });
    }
  }

  async function runToEnd(current: Current): Promise<void> {
    const { job, startedAt } = current;
    try {
      if (job.notAfter < startedAt) {
        await finish(current, { status: 'refused', text: 'The job reached its turn after it had run out.' });
        return;
      }
      await journal.start(job.jid, startedAt);
      options.onStarted(job.jid, startedAt);
      logger.info('job started', { jid: job.jid, fun: job.fun, user: job.user });
      await finish(current, await work(current));
    } catch (error) {
      // The journal cannot be written: the job stays in it as it was, and the next daemon reports it.
      logger.error('job could not be recorded', { jid: job.jid, fun: job.fun, error });
    }
  }

  async function work(current: Current): Promise<WorkerResult> {
    const begun = await options.work(current.job, (progress) => {
      current.progress = progress;
      options.onProgress(progress);
    });
    current.work = begun;
    endWork(current);
    return begun.result;
  }

  async function finish(current: Current, result: WorkerResult | Unrun): Promise<void> {
    const { job, startedAt } = current;
    const jobReturn = toReturn(current, result, clock.now() - startedAt);
    await journal.finish(jobReturn);
    logger.info('job ended', { jid: job.jid, fun: job.fun, status: jobReturn.status, retcode: jobReturn.retcode });
    options.onReturn();
  }

  async function cancelWaiting(job: JobMessage): Promise<void> {
    waiting.delete(job.jid);
    const current: Current = { job, startedAt: clock.now() };
    await finish(current, { status: 'cancelled', text: 'The job was cancelled before it began.' });
  }

  return {
    accept: async (job) => {
      const acceptance = await journal.accept(job);
      if (acceptance === 'returned') options.onReturn();
      if (acceptance !== 'new') return;
      waiting.set(job.jid, job);
      startNext();
    },
    resume: async () => {
      for (const { job, startedAt } of journal.unfinished()) {
        if (startedAt === undefined) waiting.set(job.jid, job);
        else await finish({ job, startedAt }, { status: 'interrupted', reason: 'the minion ended while it ran' });
      }
      startNext();
    },
    cancel: async (jid, force) => {
      const job = waiting.get(jid);
      if (job !== undefined) await cancelWaiting(job);
      const current = running.get(jid);
      if (current !== undefined) end(current, { kind: 'cancel', force });
      return job !== undefined || current !== undefined;
    },
    find: (jid) => {
      const current = running.get(jid);
      if (current === undefined) return { status: waiting.has(jid) ? 'queued' : 'unknown' };
      return { status: 'running', ...(current.progress === undefined ? {} : { progress: current.progress }) };
    },
    current: () =>
      [...running.values()].map(({ job, startedAt, work: begun }) => ({
        jid: job.jid,
        fun: job.fun,
        user: job.user,
        pid: begun?.pid ?? process.pid,
        startedAt,
      })),
    drain: async (milliseconds) => {
      isDraining = true;
      const isIdle = new Promise<void>((resolve) => (running.size === 0 ? resolve() : idle.add(resolve)));
      const timer = clock.after(milliseconds, () => {
        for (const current of running.values()) end(current, { kind: 'interrupt' });
      });
      await isIdle;
      timer.cancel();
    },
  };
}

function end(current: Current, ending: NonNullable<Current['ending']>): void {
  current.ending = ending;
  endWork(current);
}

function endWork({ work, ending }: Current): void {
  if (ending?.kind === 'cancel') work?.cancel(ending.force);
  if (ending?.kind === 'interrupt') work?.interrupt('the minion was stopped');
}

interface Unrun {
  readonly status: 'refused' | 'cancelled';
  readonly text: string;
}

function toReturn({ job, startedAt, progress }: Current, result: WorkerResult | Unrun, duration: number): JobReturn {
  const common = { jid: job.jid, fun: job.fun, startedAt, duration: Math.max(0, duration) };
  if ('value' in result) {
    const { status, value, retcode, outputter } = result;
    return { ...common, status, value, retcode, ...(outputter === undefined ? {} : { outputter }) };
  }
  const done = progress === undefined ? '' : ` ${progress.done} of ${progress.total} steps were done.`;
  const text = 'text' in result ? result.text : `The job did not end by itself: ${result.reason}.${done}`;
  return { ...common, status: result.status, value: encodeValue(text), retcode: 1 };
}
