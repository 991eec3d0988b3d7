import type { MinionBus, MinionState, MinionStateDetails } from '@brine/bus';
import {
  decodeMessage,
  encodeMessage,
  decodeValue,
  encodeValue,
  isDict,
  pythonStr,
  type Dict,
  type JobMessage,
} from '@brine/common';
import { minionError } from '../errors.ts';
import { createDismissals, type Dismissals } from './dismissal.ts';
import { createCompanions, type Companions } from './companions.ts';
import { createJobDesk, type CurrentJob, type JobDesk } from './job-desk.ts';
import { readJobMessage } from './job-message.ts';
import { answerAboutEvents, createMinionEvents, noteEvent, type MinionEvents } from './minion-events.ts';
import { callInWorker, internalCall } from './internal-call.ts';
import { logState } from './log-state.ts';
import type { MinionDaemonOptions } from './minion-daemon-options.ts';
import { createMineUpdates, type MineUpdates } from './mine-updates.ts';
import { createMasterSession, type MasterSession } from './master-session.ts';
import { reloadOptions } from './reload-options.ts';
import { createReturnSender, type ReturnSender } from './return-sender.ts';
import { createWorkerPool, type RunningWork, type WorkerPool } from './worker-pool.ts';

/** A minion daemon at work. */
export interface MinionDaemon {
  start(): Promise<void>;
  /** Takes over what can change while it runs. */
  reload(options: Dict): void;
  /** Lets running jobs end for up to `drainMilliseconds`, sends what can be sent, and closes everything. */
  stop(): Promise<void>;
  /** Answers a call beside this daemon: what the daemon knows itself, and through it the master. */
  answerCall(verb: string, body: Uint8Array): Promise<Uint8Array>;
}

const graceMilliseconds = 5000;
const jobsPerWorker = 50;
const idleMilliseconds = 60_000;
// How long a job waits for what the master still has to tell after a connect.
const helloMilliseconds = 5000;
// For an answer to leave before the session in which it was asked ends.
const reconnectMilliseconds = 250;

interface Parts {
  readonly options: MinionDaemonOptions;
  readonly bus: MinionBus;
  readonly desk: JobDesk;
  readonly pool: WorkerPool;
  readonly session: MasterSession;
  readonly sender: ReturnSender;
  readonly companions: Companions;
  readonly mine: MineUpdates;
  readonly events: MinionEvents;
  readonly dismissals: Dismissals;
}

/** Puts a daemon together. Its event loop only moves messages: everything a job does happens in worker processes. */
export async function createMinionDaemon(options: MinionDaemonOptions): Promise<MinionDaemon> {
  const { journal, drainMilliseconds } = options;
  const parts: Parts = await createParts(options, () => parts);
  const { bus, desk, pool, sender, companions } = parts;
  return {
    answerCall: (verb, body) => answerWorker(parts, verb, body),
    start: async () => {
      await collectGrains(parts);
      await desk.resume();
      bus.start();
      await companions.start();
    },
    reload: (wanted) => reloadOptions(options, parts, wanted),
    stop: async () => {
      companions.stop();
      parts.mine.stop();
      await desk.drain(drainMilliseconds);
      if (bus.state === 'accepted') await sender.drain(drainMilliseconds / 4);
      sender.stop();
      await pool.stop();
      await bus.stop();
      await journal.close();
    },
  };
}

/** The parts need each other; none is used before all are there. */
async function createParts(options: MinionDaemonOptions, parts: () => Parts): Promise<Parts> {
  const { journal, clock, logger, launcher, version, saltVersion } = options;
  const isConnected = (): boolean => parts().bus.state === 'accepted';
  const request = (verb: string, body: Uint8Array): Promise<Uint8Array> => parts().bus.request(verb, body);
  return {
    options,
    sender: createReturnSender({ journal, clock, logger, isConnected, request, random: () => options.random() }),
    bus: await options.createBus({
      onPublication: (publication) => acceptPublication(parts(), publication),
      onRequest: (verb, body) => answerMaster(parts(), verb, body),
      onState: (state, details) => changeState(parts(), state, details),
      grains: () => grainsOf(parts().session.grains),
    }),
    pool: createWorkerPool({
      launcher,
      clock,
      logger,
      graceMilliseconds,
      ...{ jobsPerWorker, idleMilliseconds },
      onRequest: (verb, body) => answerWorker(parts(), verb, body),
      onGrains: (grains) => void parts().session.setGrains(grains),
      onPillar: (pillar) => parts().companions.setPillar(pillar),
      onManaged: (files) => parts().companions.managed(files),
      onLeft: (jid, files) => parts().companions.left(jid, files),
    }),
    session: createMasterSession({
      clock,
      logger,
      isConnected,
      request,
      version,
      saltVersion,
      options: options.options,
      runningJobs: () => journal.unfinished().map(({ job }) => job.jid),
    }),
    desk: createDesk(options, parts),
    mine: createMineUpdates({
      ...{ clock, logger, isConnected, options: options.options },
      update: async () => updateMine(parts()),
    }),
    companions: createCompanionsOf(options, parts),
    events: createMinionEvents(),
    dismissals: createDismissalsOf(options, parts),
  };
}

function createDismissalsOf(options: MinionDaemonOptions, parts: () => Parts): Dismissals {
  return createDismissals({
    clock: options.clock,
    options: () => options.options,
    isRunning: (jid) => parts().desk.find(jid).status === 'running',
    end: (command) => options.end?.(command),
    ...(options.ownCommand === undefined ? {} : { ownCommand: options.ownCommand }),
  });
}

function createCompanionsOf(options: MinionDaemonOptions, parts: () => Parts): Companions {
  return createCompanions(options.companions, {
    clock: options.clock,
    minionId: pythonStr(options.options.get('id') ?? ''),
    accept: (job) => parts().desk.accept(job),
    countOwn: (kind, name) => parts().desk.countOwn(kind, name),
    running: () =>
      parts()
        .desk.current()
        .map(({ fun }) => fun),
    isConnected: () => parts().bus.state === 'accepted',
    fire: async (tag, payload) => {
      const data = encodeValue(payload);
      await parts().bus.request('event.fire', encodeMessage({ tag, payload: data, bare: true }));
      parts().events.tell({ tag, data });
    },
    call: async (fun, positional, keyword) => callInWorker(parts(), { fun, positional, keyword }),
  });
}

function createDesk(options: MinionDaemonOptions, parts: () => Parts): JobDesk {
  const { journal, clock, logger, jobLimit } = options;
  return createJobDesk({
    journal,
    clock,
    logger,
    limit: jobLimit,
    ready: (job) => readyFor(parts(), job),
    work: (job, onProgress) => beginWork(parts(), job, onProgress),
    onStarted: (jid, startedAt) => tell(parts(), 'job.started', { jid, startedAt }),
    onProgress: (progress) => tell(parts(), 'job.progress', progress),
    onReturn: () => parts().sender.wake(),
    handOn: async (job, jobReturn) => options.handOn?.(job, jobReturn),
    onEnded: (job, jobReturn) => {
      parts().companions.ended(job, jobReturn);
      parts().dismissals.ended(job.jid);
    },
    onRefused: async (jobReturn) => void (await parts().bus.request('job.return', encodeMessage(jobReturn))),
    describeInterrupted: async (jid) => options.describeInterrupted?.(jid),
  });
}

function changeState(parts: Parts, state: MinionState, details: MinionStateDetails): void {
  const { options, session, sender, companions, mine } = parts;
  logState(options.logger, state, details);
  options.onState?.(state, details);
  if (state !== 'accepted') return;
  sender.wake();
  mine.connected();
  const compiled = session.connected().then(async () => {
    if (companions.wantPillar) await compilePillar(parts);
  });
  companions.awaitPillar(compiled);
  void compiled.then(() => companions.connected());
}

/** Companions read the pillar; every compile of it comes back through the pool. */
async function compilePillar({ pool, session }: Parts): Promise<void> {
  await session.known(helloMilliseconds);
  const work = pool.run({ message: internalCall('saltutil.refresh_pillar', session), onProgress: () => {} });
  await work.result;
}

/** The first job of a worker is to look at the machine; what it finds is told to the master and to later jobs. */
async function collectGrains({ pool, session, options }: Parts): Promise<void> {
  const collecting = pool.run({ message: internalCall('grains.ls', session), onProgress: () => {} });
  const result = await collecting.result;
  if (session.grains === undefined) options.logger.error('grains could not be collected', { status: result.status });
}

/** Runs beside jobs, under no id of its own: nobody asked for it. */
async function updateMine({ pool, session }: Parts): Promise<string | undefined> {
  await session.known(helloMilliseconds);
  const { result } = pool.run({ message: internalCall('mine.update', session), onProgress: () => {} });
  const ended = await result;
  if (ended.status === 'ok') return undefined;
  return 'value' in ended ? pythonStr(decodeValue(ended.value)) : ended.reason;
}

async function acceptPublication(
  { desk, options }: Parts,
  { body, notAfter }: { readonly body: Uint8Array; readonly notAfter: number },
): Promise<void> {
  const job = readJobMessage(body);
  // Acknowledged nevertheless: sent again it would be no better.
  if (job === undefined) options.logger.error('publication is not a job and was dropped');
  // The end of the publication is told by the clock of this machine, that of the body by the master's.
  else await desk.accept({ ...job, notAfter });
}

/** What the minion does of itself does not wait for a master that is away. */
async function readyFor({ session, bus }: Parts, { own }: JobMessage): Promise<void> {
  if (own === undefined || bus.state === 'accepted') await session.known(helloMilliseconds);
}

function beginWork(
  { pool, session, bus }: Parts,
  job: JobMessage,
  onProgress: Parameters<WorkerPool['run']>[0]['onProgress'],
): RunningWork {
  const isConnected = bus.state === 'accepted';
  const { notAfter: _end, returners: _returners, own, ...work } = job;
  const grains = session.grains === undefined ? {} : { grains: session.grains };
  return pool.run({
    message: {
      kind: 'run',
      job: work,
      options: session.options,
      ...grains,
      ...(own === undefined ? {} : { tree: isConnected ? 'record' : 'replay' }),
    },
    onProgress,
  });
}

/** News that the master can do without: when it cannot be told now, it learns the end from the return. */
function tell({ bus, options }: Parts, verb: string, body: unknown): void {
  if (bus.state !== 'accepted') return;
  bus.request(verb, encodeMessage(body)).catch((error: unknown) => {
    options.logger.debug('master was not told', { verb, error });
  });
}

interface MasterQuestion {
  /** `encodeValue` of what the master decides for its minions. */
  readonly options: Uint8Array | undefined;
  readonly jid: string;
  readonly force: boolean;
}

interface MasterVerb {
  /** The members of the body that count. */
  readonly takes: readonly (keyof MasterQuestion)[];
  readonly answer: (parts: Parts, question: MasterQuestion) => Promise<object> | object;
}

/** Everything that a master can ask for inside its session; the table is the whole surface. */
export const masterVerbs: ReadonlyMap<string, MasterVerb> = new Map<string, MasterVerb>([
  ['ping', { takes: [], answer: ({ options }) => ({ time: options.clock.now() }) }],
  [
    'job.cancel',
    {
      takes: ['jid', 'force'],
      answer: async ({ desk }, { jid, force }) => ({ cancelled: await desk.cancel(jid, force) }),
    },
  ],
  ['job.find', { takes: ['jid'], answer: ({ desk }, { jid }) => desk.find(jid) }],
  ['master.options', { takes: ['options'], answer: ({ session }, { options }) => (session.learn(options), {}) }],
  ['key.rotate', { takes: [], answer: async (parts) => ({ fingerprint: await rotateKey(parts) }) }],
]);

async function answerMaster(parts: Parts, verb: string, body: Uint8Array): Promise<Uint8Array> {
  const declared = masterVerbs.get(verb);
  if (declared === undefined) throw minionError('verb-unknown', `a minion does not answer ${verb}`);
  const asked = decodeMessage(body) as Readonly<Record<keyof MasterQuestion, unknown>> | null;
  const options = asked?.options instanceof Uint8Array ? asked.options : undefined;
  const question = { jid: String(asked?.jid), force: asked?.force === true, options };
  return encodeMessage(await declared.answer(parts, question));
}

/** The master's answer is on its way before the session ends; then the new key introduces itself. */
async function rotateKey({ options, bus }: Parts): Promise<string> {
  if (options.rotateKey === undefined) throw minionError('verb-unknown', 'this minion cannot renew its key');
  const print = await options.rotateKey();
  options.logger.info('key renewed', { fingerprint: print });
  options.clock.after(reconnectMilliseconds, () => void bus.reconnect());
  return print;
}

function grainsOf(encoded: Uint8Array | undefined): Dict | undefined {
  const grains = encoded === undefined ? undefined : decodeValue(encoded);
  return isDict(grains) ? grains : undefined;
}

async function answerWorker(parts: Parts, verb: string, body: Uint8Array): Promise<Uint8Array> {
  if (verb === 'local.jobs') return encodeMessage({ jobs: parts.desk.current() satisfies readonly CurrentJob[] });
  if (verb === 'local.options') return encodeMessage({ options: parts.session.masterOptions });
  if (verb === 'local.companion') return parts.companions.answer(body);
  if (verb === 'local.renew-key') return encodeMessage({ fingerprint: await rotateKey(parts) });
  if (verb === 'local.end') return parts.dismissals.answer(body);
  if (verb === 'local.grains') return takeGrains(parts, body);
  if (verb === 'local.events' || verb === 'local.fire') return answerAboutEvents(parts.events, verb, body);
  if (verb === 'event.fire') noteEvent(parts.events, body);
  if (verb === 'local.cancel') return answerMaster(parts, 'job.cancel', body);
  return parts.bus.request(verb, body);
}

/** A `salt-call` beside this daemon looked at the machine anew. */
async function takeGrains({ session }: Parts, body: Uint8Array): Promise<Uint8Array> {
  const { grains } = decodeMessage(body) as { readonly grains?: unknown };
  if (grains instanceof Uint8Array) await session.setGrains(grains);
  return encodeMessage({});
}
