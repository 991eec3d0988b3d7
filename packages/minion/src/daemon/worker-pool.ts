import type { Clock, JobProgress, Logger, Timer } from '@brine/common';
import { toWireError } from '../worker/wire-error.ts';
import type { FromWorker, JobOutcome, ToWorker } from '../worker/worker-messages.ts';
import type { ManagedFile } from '@brine/sls';
import type { LeftFile } from '../converge/left-files.ts';
import type { WorkerLauncher, WorkerProcess } from './worker-port.ts';

/** A job as a worker runs it, and who hears of it. */
export interface WorkerJob {
  readonly message: Extract<ToWorker, { kind: 'run' }>;
  onProgress(progress: JobProgress): void;
}

/** How a job ended: as its worker said, or with its worker. */
export type WorkerResult = JobOutcome | { readonly status: 'interrupted' | 'cancelled'; readonly reason: string };

/** A job that runs. */
export interface RunningWork {
  readonly pid: number;
  readonly result: Promise<WorkerResult>;
  /** Asks the job to end; after the grace period, or at once with `force`, its processes are killed. */
  cancel(force: boolean): void;
  /** Kills the job's processes because this daemon ends, not because anybody asked. */
  interrupt(reason: string): void;
}

/** Worker processes: one is kept warm, each runs one job at a time. */
export interface WorkerPool {
  /** Starts the warm worker before it is needed. */
  warmUp(): void;
  run(job: WorkerJob): RunningWork;
  /** Kills what is still running. */
  stop(): Promise<void>;
}

/** What a pool is made of. */
export interface WorkerPoolOptions {
  readonly launcher: WorkerLauncher;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Answers a worker's request to the master. */
  onRequest(verb: string, body: Uint8Array): Promise<Uint8Array>;
  /** A worker collected the grains anew. */
  onGrains(grains: Uint8Array): void;
  /** A worker compiled the pillar: the part of it that companions read. */
  onPillar?(pillar: Uint8Array): void;
  /** A highstate is under way in a worker. */
  onManaged?(files: readonly ManagedFile[]): void;
  /** A job of the converge loop told what it left behind. */
  onLeft?(jid: string, files: readonly LeftFile[]): void;
  /** Milliseconds a cancelled job gets to end by itself. */
  readonly graceMilliseconds: number;
  /** Jobs after which a worker is replaced, so that nothing can pile up in it. */
  readonly jobsPerWorker: number;
  /** Milliseconds after which a worker without a job is ended: memory for nothing. It is kept for ever unless given. */
  readonly idleMilliseconds?: number;
}

interface Worker {
  readonly process: WorkerProcess;
  jobsLeft: number;
  work: Work | undefined;
  /** Ends it while it has no job. */
  idle: Timer | undefined;
}

interface Work {
  readonly job: WorkerJob;
  readonly settle: (result: WorkerResult) => void;
  /** Why it is being ended from here; `undefined` when it is not. */
  ending: Ending | undefined;
  deadline: Timer | undefined;
}

interface Ending {
  readonly status: 'interrupted' | 'cancelled';
  readonly reason: string;
}

interface Pool extends WorkerPoolOptions {
  readonly workers: Set<Worker>;
  isStopping: boolean;
}

/** Creates the pool; no process is started before {@link WorkerPool.warmUp} or the first job. */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const pool: Pool = { ...options, workers: new Set(), isStopping: false };
  return {
    warmUp: () => warmUp(pool),
    run: (job) => run(pool, job),
    stop: async () => {
      pool.isStopping = true;
      await Promise.all([...pool.workers].map((worker) => worker.process.kill()));
    },
  };
}

function warmUp(pool: Pool): void {
  if (!pool.isStopping && findIdle(pool) === undefined) launch(pool);
}

function findIdle({ workers }: Pool): Worker | undefined {
  return [...workers].find((worker) => worker.work === undefined && worker.jobsLeft > 0);
}

function launch(pool: Pool): Worker {
  const process = pool.launcher.launch({
    onMessage: (message) => handle(pool, worker, message),
    onExit: (reason) => {
      pool.workers.delete(worker);
      worker.idle?.cancel();
      const { work } = worker;
      worker.work = undefined;
      work?.deadline?.cancel();
      work?.settle(work.ending ?? { status: 'interrupted', reason: `its process ended with ${reason}` });
    },
  });
  const worker: Worker = { process, jobsLeft: pool.jobsPerWorker, work: undefined, idle: undefined };
  pool.workers.add(worker);
  rest(pool, worker);
  return worker;
}

/** Has a worker ended that gets no job for a while; the next job starts another. */
function rest(pool: Pool, worker: Worker): void {
  worker.idle?.cancel();
  if (pool.idleMilliseconds === undefined) return;
  worker.idle = pool.clock.after(pool.idleMilliseconds, () => {
    if (worker.work !== undefined || !pool.workers.delete(worker)) return;
    void worker.process.kill();
  });
}

function handle(pool: Pool, worker: Worker, message: FromWorker): void {
  switch (message.kind) {
    case 'ready':
      return;
    case 'request':
      void answer(pool, worker, message);
      return;
    case 'progress':
      worker.work?.job.onProgress(message.progress);
      return;
    case 'grains':
    case 'pillar':
    case 'managed':
    case 'left':
      tellCompanions(pool, worker, message);
      return;
    case 'log':
      pool.logger[message.level](message.message, message.data);
      return;
    case 'finished':
      finish(pool, worker, message.outcome);
  }
}

type News = Extract<FromWorker, { readonly kind: 'grains' | 'pillar' | 'managed' | 'left' }>;

/** What a job found out that is of use to others than who asked for it. */
function tellCompanions(pool: Pool, worker: Worker, news: News): void {
  if (news.kind === 'grains') pool.onGrains(news.grains);
  else if (news.kind === 'pillar') pool.onPillar?.(news.pillar);
  else if (news.kind === 'managed') pool.onManaged?.(news.files);
  else if (worker.work !== undefined) pool.onLeft?.(worker.work.job.message.job.jid, news.files);
}

function finish(pool: Pool, worker: Worker, outcome: JobOutcome): void {
  const { work } = worker;
  if (work === undefined) return;
  worker.work = undefined;
  work.deadline?.cancel();
  worker.jobsLeft -= 1;
  rest(pool, worker);
  // A job that was ended may have left something behind; and one warm worker is enough.
  const isSpare = [...pool.workers].some((other) => other !== worker && other.work === undefined);
  if (work.ending !== undefined || worker.jobsLeft === 0 || isSpare || pool.isStopping) {
    pool.workers.delete(worker);
    void worker.process.kill();
  }
  work.settle(work.ending?.status === 'cancelled' ? { ...outcome, status: 'cancelled' } : outcome);
  warmUp(pool);
}

async function answer(
  pool: Pool,
  worker: Worker,
  { request, verb, body }: Extract<FromWorker, { kind: 'request' }>,
): Promise<void> {
  try {
    worker.process.send({ kind: 'answer', request, body: await pool.onRequest(verb, body) });
  } catch (error) {
    worker.process.send({ kind: 'answer', request, error: toWireError(error) });
  }
}

function run(pool: Pool, job: WorkerJob): RunningWork {
  const worker = findIdle(pool) ?? launch(pool);
  worker.idle?.cancel();
  const result = new Promise<WorkerResult>((settle) => {
    worker.work = { job, settle, ending: undefined, deadline: undefined };
  });
  worker.process.send(job.message);
  const end = (ending: Ending, force: boolean): void => {
    if (worker.work?.job === job) endWork(pool, worker, worker.work, { ending, force });
  };
  return {
    pid: worker.process.pid,
    result,
    cancel: (force) => end({ status: 'cancelled', reason: 'it was cancelled' }, force),
    interrupt: (reason) => end({ status: 'interrupted', reason }, true),
  };
}

function endWork(
  pool: Pool,
  worker: Worker,
  work: Work,
  how: { readonly ending: Ending; readonly force: boolean },
): void {
  work.ending ??= how.ending;
  work.deadline?.cancel();
  if (how.force) {
    void worker.process.kill();
    return;
  }
  worker.process.send({ kind: 'cancel' });
  work.deadline = pool.clock.after(pool.graceMilliseconds, () => void worker.process.kill());
}
