import {
  encodeValue,
  type Clock,
  type JobMessage,
  type JobProgress,
  type JobReturn,
  type Logger,
  type OwnJob,
  type Target,
} from '@brine/common';
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
  /** `encodeValue` of the list of positional arguments. */
  readonly argument: Uint8Array;
  readonly target: Target;
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
  /** Jobs of that name of the schedule that wait or run. */
  countOwn(kind: OwnJob['kind'], name: string): number;
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
  /** Resolves when a job may begin; what it waits for counts against the job's time. */
  ready?(job: JobMessage): Promise<void>;
  /** Begins a job in a worker, at once. */
  work(job: JobMessage, onProgress: (progress: JobProgress) => void): RunningWork;
  /** A job was begun; the master is told if it can be. */
  onStarted(jid: string, startedAt: number): void;
  onProgress(progress: JobProgress): void;
  /** A return is in the journal. */
  onReturn(): void;
  /** Before the return is written: hands it to returners, durably; never rejects. */
  handOn?(job: JobMessage, jobReturn: JobReturn): Promise<void>;
  /** A job ended; its return is in the journal. */
  onEnded?(job: JobMessage, jobReturn: JobReturn): void;
  /** Tells the master of a job that could not be taken on; rejects when it was not told. */
  onRefused(jobReturn: JobReturn): Promise<void>;
  /** What a job had done whose process ended before it, for people; never rejects. */
  describeInterrupted?(jid: string): Promise<string | undefined>;
}

interface Waiting {
  readonly job: JobMessage;
  /** Until when it must have begun, in monotonic time: a clock that is set back gives it no longer. */
  readonly deadline: number;
}

interface Current extends Partial<Pick<Waiting, 'deadline'>> {
  readonly job: JobMessage;
  readonly startedAt: number;
  work?: RunningWork;
  progress?: JobProgress;
  /** How it is to be ended; also for a job whose worker is only being found. */
  ending?: { readonly kind: 'cancel'; readonly force: boolean } | { readonly kind: 'interrupt' };
}

interface Desk extends JobDeskOptions {
  readonly waiting: Map<string, Waiting>;
  readonly running: Map<string, Current>;
  /** Who waits for the last running job to end. */
  readonly idle: Set<() => void>;
  /** Jobs that were refused for want of room; not taken on later, as the master was told so. */
  readonly refused: Map<string, JobReturn>;
  isDraining: boolean;
}

/** Creates the desk over a journal. */
export function createJobDesk(options: JobDeskOptions): JobDesk {
  const waiting = new Map<string, Waiting>();
  const running = new Map<string, Current>();
  const desk: Desk = { ...options, waiting, running, idle: new Set(), refused: new Map(), isDraining: false };
  return {
    accept: (job) => accept(desk, job),
    resume: () => resume(desk),
    cancel: (jid, force) => cancel(desk, jid, force),
    find: (jid) => {
      const current = running.get(jid);
      if (current === undefined) return { status: waiting.has(jid) ? 'queued' : 'unknown' };
      return { status: 'running', ...(current.progress === undefined ? {} : { progress: current.progress }) };
    },
    countOwn: (kind, name) =>
      [...waiting.values(), ...running.values()].filter(({ job: { own } }) => own?.kind === kind && own.name === name)
        .length,
    current: () =>
      [...running.values()].map(({ job: { jid, fun, argument, target, user }, startedAt, work }) => {
        return { jid, fun, argument, target, user, pid: work?.pid ?? process.pid, startedAt };
      }),
    drain: (milliseconds) => drain(desk, milliseconds),
  };
}

async function accept(desk: Desk, job: JobMessage): Promise<void> {
  const refusal = desk.refused.get(job.jid);
  if (refusal !== undefined) return desk.onRefused(refusal);
  const acceptance = await desk.journal.accept(job).catch((error: unknown) => refuse(desk, job, error));
  if (acceptance === 'returned') desk.onReturn();
  if (acceptance !== 'new') return;
  wait(desk, job);
  startNext(desk);
}

function wait(desk: Desk, job: JobMessage): void {
  const { clock, waiting } = desk;
  waiting.set(job.jid, { job, deadline: clock.monotonic() + job.notAfter - clock.now() });
}

/** Whether a job may no longer begin, by the wall clock or by the time that has passed. */
function isOver({ clock }: Desk, { job, deadline = Infinity }: Current): boolean {
  return job.notAfter < clock.now() || deadline < clock.monotonic();
}

/** The master is told at once, so that nobody waits for a job that cannot be kept here; of a job of the minion's own, who began it. */
async function refuse(desk: Desk, job: JobMessage, error: unknown): Promise<'refused'> {
  if (job.own !== undefined) throw error;
  const reason = error instanceof Error ? error.message : String(error);
  desk.logger.error('job cannot be kept here and is refused', { jid: job.jid, fun: job.fun, error });
  const current = { job, startedAt: desk.clock.now() };
  const text = `The minion cannot take the job: ${reason}.`;
  const refusal = toReturn(current, { status: 'refused', text }, { duration: 0, left: undefined });
  desk.refused.set(job.jid, refusal);
  await desk.onRefused(refusal);
  return 'refused';
}

async function resume(desk: Desk): Promise<void> {
  for (const { job, startedAt } of desk.journal.unfinished()) {
    if (startedAt === undefined) wait(desk, job);
    else await finish(desk, { job, startedAt }, { status: 'interrupted', reason: 'the minion ended while it ran' });
  }
  startNext(desk);
}

async function cancel(desk: Desk, jid: string, force: boolean): Promise<boolean> {
  const job = desk.waiting.get(jid)?.job;
  if (job !== undefined) {
    desk.waiting.delete(jid);
    const text = 'The job was cancelled before it began.';
    await finish(desk, { job, startedAt: desk.clock.now() }, { status: 'cancelled', text });
  }
  const current = desk.running.get(jid);
  if (current !== undefined) end(current, { kind: 'cancel', force });
  return job !== undefined || current !== undefined;
}

async function drain(desk: Desk, milliseconds: number): Promise<void> {
  desk.isDraining = true;
  if (desk.running.size === 0) return;
  const isIdle = new Promise<void>((resolve) => desk.idle.add(resolve));
  const timer = desk.clock.after(milliseconds, () => {
    for (const current of desk.running.values()) end(current, { kind: 'interrupt' });
  });
  await isIdle;
  timer.cancel();
}

function startNext(desk: Desk): void {
  const { running, waiting } = desk;
  if (running.size === 0) for (const resolve of desk.idle) resolve();
  for (const next of waiting.values()) {
    if (desk.isDraining || running.size >= desk.limit) return;
    const { jid } = next.job;
    waiting.delete(jid);
    const current: Current = { ...next, startedAt: desk.clock.now() };
    running.set(jid, current);
    void runToEnd(desk, current).finally(() => {
      running.delete(jid);
      startNext(desk);
    });
  }
}

async function runToEnd(desk: Desk, current: Current): Promise<void> {
  const { job, startedAt } = current;
  const { jid, fun, user } = job;
  try {
    await desk.ready?.(job);
    if (isOver(desk, current)) return await finish(desk, current, outOfTime);
    await desk.journal.start(jid, startedAt);
    // This process may have been stopped meanwhile, or the disk slow.
    if (isOver(desk, current)) return await finish(desk, current, outOfTime);
    desk.onStarted(jid, startedAt);
    desk.logger.info('job started', { jid, fun, user });
    await finish(desk, current, await work(desk, current));
  } catch (error) {
    // The journal cannot be written: the job stays in it as it was, and the next daemon reports it.
    desk.logger.error('job could not be recorded', { jid, fun, error });
  }
}

async function work(desk: Desk, current: Current): Promise<WorkerResult> {
  const begun = desk.work(current.job, (progress) => {
    current.progress = progress;
    desk.onProgress(progress);
  });
  current.work = begun;
  endWork(current);
  return begun.result;
}

async function finish(desk: Desk, current: Current, result: WorkerResult | Unrun): Promise<void> {
  const duration = desk.clock.now() - current.startedAt;
  const left = 'reason' in result ? await desk.describeInterrupted?.(current.job.jid) : undefined;
  const jobReturn = toReturn(current, result, { duration, left });
  await desk.handOn?.(current.job, jobReturn);
  await record(desk, jobReturn);
  const { jid, fun, status, retcode } = jobReturn;
  desk.logger.info('job ended', { jid, fun, status, retcode });
  // Who hears of it may count what is left.
  desk.running.delete(jid);
  desk.onEnded?.(current.job, jobReturn);
  desk.onReturn();
}

/** A return that cannot be written is sent all the same, and written as soon as it can be. */
async function record(desk: Desk, jobReturn: JobReturn): Promise<void> {
  try {
    await desk.journal.finish(jobReturn);
  } catch (error) {
    desk.logger.error('return cannot be written and is kept in memory', { jid: jobReturn.jid, error });
    if (!desk.isDraining) desk.clock.after(recordAgainMilliseconds, () => void record(desk, jobReturn));
    desk.onReturn();
  }
}

const recordAgainMilliseconds = 5000;

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

const outOfTime: Unrun = { status: 'refused', text: 'The job reached its turn after it had run out.' };

interface Ended {
  /** Milliseconds. */
  readonly duration: number;
  /** What is known of what it had done. */
  readonly left: string | undefined;
}

function toReturn(
  { job, startedAt, progress }: Current,
  result: WorkerResult | Unrun,
  { duration, left }: Ended,
): JobReturn {
  const { jid, fun, own, argument, keywordArgument } = job;
  const common = {
    ...{ jid, fun, startedAt, duration: Math.max(0, duration) },
    ...(own === undefined ? {} : { own: { ...own, argument, keywordArgument } }),
  };
  if ('value' in result) {
    return { ...common, ...result };
  }
  const done = progress === undefined ? '' : ` ${progress.done} of ${progress.total} steps were done.`;
  const more = left === undefined ? done : `${done}\n${left}`;
  const text = 'text' in result ? result.text : `The job did not end by itself: ${result.reason}.${more}`;
  return { ...common, status: result.status, value: encodeValue(text), retcode: 1 };
}
