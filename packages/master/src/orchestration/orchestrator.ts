import {
  AppError,
  decodeValue,
  formatProblems,
  isAppError,
  isDict,
  parseMinionId,
  toValue,
  type Dict,
  type Jid,
  type Logger,
  type Value,
} from '@brine/common';
import type { MasterJobs } from '../jobs/master-jobs.ts';
import type { OrchestrationRecord } from './orchestration-record.ts';
import { startOrchestrationChild, type OrchestrationChild, type WorkerEnd } from './orchestration-worker-child.ts';
import type { StepOwner, StepServiceParts } from './step-services.ts';
import { answerWorker, type AnswerParts } from './worker-answers.ts';
import type { OrchestrationProgress } from './worker/worker-messages.ts';

/** What an orchestration answered. */
export interface OrchestrationAnswer {
  readonly value: Value;
  readonly retcode: number;
}

/** An orchestration that has not ended. */
export interface OrchestrationStanding {
  readonly record: OrchestrationRecord;
  readonly progress: OrchestrationProgress | undefined;
  /** Step id → mark. */
  readonly marks: Dict;
  /** How far the rollouts are that its steps do. */
  readonly rollouts: readonly Value[];
}

/** Runs orchestrations: each in a process of its own, written down step by step, taken up after a restart. */
export interface Orchestrator {
  /** Runs one to its end. Throws `orchestration-exists` when there is a job of this id. */
  run(record: OrchestrationRecord): Promise<OrchestrationAnswer>;
  /** Asks the state engine of the master something that changes nothing, and writes nothing down. */
  show(record: OrchestrationRecord): Promise<OrchestrationAnswer>;
  /** Waits for one that was begun; `undefined` when there is none of this id. */
  attach(jid: Jid): Promise<OrchestrationAnswer | undefined>;
  standings(): readonly OrchestrationStanding[];
  /** Ends one: what its steps wait for is cancelled. `false` when none of this id is under way. */
  abort(jid: string): Promise<boolean>;
  /** The marks that hold or end one before a step. Throws `job-unknown` when none of this id is under way. */
  setMarks(jid: string, change: (marks: Dict) => Dict): Promise<void>;
  marks(jid: string): Dict;
  /** Takes up those that an earlier process left. */
  start(): Promise<void>;
  /** Ends their processes, and tells whoever waits; they are taken up at the next start. */
  stop(): Promise<void>;
}

/** What an orchestrator works with. */
export interface OrchestratorParts extends Omit<StepServiceParts, 'attach'> {
  readonly jobs: MasterJobs;
  readonly configDirectory: string;
  readonly masterId: string;
  readonly logger: Logger;
}

interface Running extends StepOwner {
  readonly abortion: AbortController;
  child: OrchestrationChild | undefined;
  progress: OrchestrationProgress | undefined;
  answer: Promise<OrchestrationAnswer>;
}

interface State {
  readonly parts: OrchestratorParts;
  readonly running: Map<string, Running>;
  isStopped: boolean;
}

/** Creates the orchestrator. */
export function createOrchestrator(parts: OrchestratorParts): Orchestrator {
  const state: State = { parts, running: new Map(), isStopped: false };
  const { book, store } = parts;
  return {
    async run(record) {
      if ((await store.findJob(record.jid)) !== undefined) {
        throw new AppError({ code: 'orchestration-exists', message: `there is a job ${record.jid} already` });
      }
      await book.begin(record);
      return launch(record, state).answer;
    },
    show: async (record) => showOnly(record, state),
    attach: async (jid) => attach(jid, state),
    standings: () =>
      [...state.running.values()].map(({ record, progress }) => ({
        ...{ record, progress, marks: book.marks(record.jid) },
        rollouts: book.notes(record.jid, ' rollout'),
      })),
    abort: async (jid) => abort(jid, state),
    async setMarks(jid, change) {
      if (!state.running.has(jid)) {
        throw new AppError({
          code: 'job-unknown',
          message: `no orchestration ${jid} is under way; see 'salt-run state.orchestrations'`,
        });
      }
      await book.setMarks(jid, change(new Map(book.marks(jid))));
    },
    marks: (jid) => book.marks(jid),
    async start() {
      for (const record of book.open()) {
        parts.logger.info('orchestration goes on', { jid: record.jid, fun: record.runner });
        // Whoever asked for it is gone; what comes of it is in the job store.
        launch(record, state).answer.catch(() => {});
      }
    },
    async stop() {
      state.isStopped = true;
      for (const { child, abortion } of state.running.values()) {
        child?.kill();
        abortion.abort();
      }
      await Promise.allSettled([...state.running.values()].map(async ({ answer }) => answer));
    },
  };
}

function answersFor(running: Running, state: State): AnswerParts {
  const services: StepServiceParts = { ...state.parts, attach: async (other) => attach(other, state) };
  return { jid: running.record.jid, owner: running, services, isStopped: () => state.isStopped };
}

function toRunning(record: OrchestrationRecord): Running {
  const abortion = new AbortController();
  return {
    ...{ record, abortion, signal: abortion.signal, jobs: new Set<string>() },
    ...{ child: undefined, progress: undefined, answer: Promise.resolve({ value: null, retcode: 1 }) },
  };
}

function launch(record: OrchestrationRecord, state: State): Running {
  const running = toRunning(record);
  state.running.set(record.jid, running);
  running.answer = perform(running, state).finally(() => state.running.delete(record.jid));
  return running;
}

async function perform(running: Running, state: State): Promise<OrchestrationAnswer> {
  const { parts } = state;
  const { record } = running;
  const job = { ...jobOf(record, parts), startedAt: record.startedAt };
  const ended = await endedJob(record.jid, parts);
  if (ended !== undefined) {
    // It ended, and the master stopped before it could forget it.
    await parts.book.forget(record.jid);
    parts.logger.info('orchestration ended', { jid: record.jid, fun: record.runner, status: 'ended before' });
    return ended;
  }
  await parts.jobs.begin(job);
  running.child = startOrchestrationChild({
    configDirectory: parts.configDirectory,
    call: callOf(record),
    answer: async (verb, body) => answerWorker(verb, body, answersFor(running, state)),
    onProgress: (progress) => {
      running.progress = progress;
      parts.jobs.progressed(job, progress);
    },
  });
  // A master that is told to stop in this moment did not see the process.
  if (state.isStopped) running.child.kill();
  const end = await running.child.end;
  if (state.isStopped) throw new AppError({ code: 'orchestration-suspended', message: suspension(record) });
  const kept = keptOf(end);
  const isAborted = running.signal.aborted;
  const status = isAborted ? 'cancelled' : end.kind === 'lost' ? 'interrupted' : kept.retcode === 0 ? 'ok' : 'failed';
  await parts.jobs.end(job, { status, ...kept, duration: Math.max(0, parts.clock.now() - record.startedAt) });
  await parts.book.forget(record.jid);
  parts.logger.info('orchestration ended', { jid: record.jid, fun: record.runner, status });
  if (end.kind === 'failed') throw end.error;
  return wrap(kept, record.runner, parts.masterId);
}

function suspension({ jid }: OrchestrationRecord): string {
  return `the master stops; orchestration ${jid} goes on when it is back, see 'salt-run jobs.lookup_jid ${jid}'`;
}

function jobOf({ jid, runner, positional, keyword, user }: OrchestrationRecord, { masterId }: OrchestratorParts) {
  const shown = { positional: positional.map(withoutPillar), keyword: shownArguments(keyword) };
  return { jid, fun: `runner.${runner}`, ...shown, user, masterId };
}

/** High data with the pillar that its steps hand on left out. */
function withoutPillar(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutPillar);
  if (!isDict(value)) return value;
  return new Map([...value].map(([key, item]) => [key, key === 'pillar' ? '<pillar>' : withoutPillar(item)]));
}

/** What stands in the job store is shown to everybody who may list jobs: no pillar, and nothing that nobody gave. */
function shownArguments(keyword: Dict): Dict {
  const shown: Dict = new Map([...keyword].filter(([key]) => key !== 'concurrent'));
  if (shown.has('pillar')) shown.set('pillar', '<pillar>');
  return shown;
}

function callOf({ jid, fun, positional, keyword, user }: OrchestrationRecord): Dict {
  return toValue({ jid, fun, positional: [...positional], keyword, user }) as Dict;
}

/** What is kept of an orchestration, and looked up like the return of a minion: its steps, or what went wrong. */
function keptOf(end: WorkerEnd): OrchestrationAnswer {
  switch (end.kind) {
    case 'lost':
      return { value: `The orchestration was interrupted: ${end.reason}`, retcode: 1 };
    case 'failed': {
      const { message, problems } = end.error;
      return { value: problems.length === 0 ? message : `${message}\n${formatProblems(problems)}`, retcode: 1 };
    }
    case 'finished':
      return { value: end.value, retcode: isGood(end.value) ? 0 : 1 };
  }
}

/** What is kept as the runner answers it. */
function wrap({ value, retcode }: OrchestrationAnswer, runner: string, masterId: string): OrchestrationAnswer {
  if (typeof value === 'string') return { value, retcode };
  const data: Dict = new Map([[masterId, value]]);
  if (plainRunners.has(runner)) return { value: data, retcode };
  return { value: toValue({ data, outputter: 'highstate', retcode }), retcode };
}

/** As in Salt, these answer what `state.orchestrate` has in `data`. */
const plainRunners: ReadonlySet<string> = new Set([
  ...['state.orchestrate_single', 'state.orchestrate_high', 'rollout.start'],
]);

/** As Salt judges it: a failure that an `onfail` saw to is one. */
function isGood(returns: Value): boolean {
  if (!isDict(returns)) return false;
  return [...returns.values()].every((step) => !isDict(step) || step.get('result') !== false);
}

async function showOnly(record: OrchestrationRecord, state: State): Promise<OrchestrationAnswer> {
  const { parts } = state;
  const running = toRunning(record);
  const child = startOrchestrationChild({
    configDirectory: parts.configDirectory,
    call: callOf(record),
    answer: async (verb, body) => answerWorker(verb, body, answersFor(running, state)),
    onProgress: () => {},
  });
  const end = await child.end;
  if (end.kind === 'failed') throw end.error;
  if (end.kind === 'lost') throw new AppError({ code: 'orchestration-failed', message: end.reason });
  return { value: new Map([[parts.masterId, end.value]]), retcode: end.retcode === 0 ? 0 : 1 };
}

async function abort(jid: string, { running: all, parts }: State): Promise<boolean> {
  const running = all.get(jid);
  if (running === undefined) return false;
  running.child?.cancel();
  const jobs = [...running.jobs];
  running.abortion.abort();
  for (const job of jobs) await parts.dispatcher.cancel(job, { via: 'master', user: running.record.user });
  return true;
}

async function attach(jid: Jid, { parts, running }: State): Promise<OrchestrationAnswer | undefined> {
  const present = running.get(jid);
  if (present !== undefined) {
    try {
      return await present.answer;
    } catch (error) {
      if (isAppError(error) && error.code === 'orchestration-suspended') throw error;
      return { value: error instanceof Error ? error.message : String(error), retcode: 1 };
    }
  }
  return endedJob(jid, parts);
}

async function endedJob(jid: Jid, { store, masterId }: OrchestratorParts): Promise<OrchestrationAnswer | undefined> {
  const minion = parseMinionId(masterId);
  const delivery = minion === undefined ? undefined : await store.findDelivery(jid, minion);
  const job = await store.findJob(jid);
  if (delivery?.value === undefined || job === undefined) return undefined;
  const kept = { value: decodeValue(delivery.value), retcode: delivery.retcode ?? 1 };
  return wrap(kept, job.fun.replace(/^runner\./, ''), masterId);
}
