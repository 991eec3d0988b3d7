import {
  callsOf,
  decodeValue,
  encodeValue,
  isCompound,
  isDict,
  pythonStr,
  systemClock,
  type AppError,
  type Dict,
  type JobCall,
  createLogger,
  noFailpoints,
  type Failpoints,
  type LogData,
  type Target,
  type Value,
} from '@brine/common';
import { sealFor } from '@brine/modules';
import { createCallEnvironment, type CallEnvironment } from '../call/call-environment.ts';
import type { MasterLink } from '../call/master-link.ts';
import { openSealedFiles } from '../sealed/sealed-snapshot-store.ts';
import { recordTree, replayTree, type SealedTree } from '../sealed/sealed-tree.ts';
import { guard } from './failpoints.ts';
import { fromWireError } from './wire-error.ts';
import type { FromWorker, JobOutcome, ToWorker } from './worker-messages.ts';

/** The daemon at the other end. */
export interface DaemonChannel {
  send(message: FromWorker): void;
}

/** The worker's side: give it what the daemon sends. */
export interface JobWorker {
  receive(message: ToWorker): void;
}

type RunMessage = Extract<ToWorker, { kind: 'run' }>;

/** Runs one job after the other, each in an environment of its own; the process is left as it was before. */
export function createJobWorker(channel: DaemonChannel, failpoints: Failpoints = noFailpoints): JobWorker {
  const waiting = new Map<number, { resolve(body: Uint8Array): void; reject(error: AppError): void }>();
  let lastRequest = 0;
  let cancelling = new AbortController();

  const link: MasterLink = {
    request: (verb, body) =>
      new Promise((resolve, reject) => {
        lastRequest += 1;
        waiting.set(lastRequest, { resolve, reject });
        channel.send({ kind: 'request', request: lastRequest, verb, body });
      }),
  };

  async function run(message: RunMessage): Promise<void> {
    cancelling = new AbortController();
    const restore = rememberProcess();
    const { signal } = cancelling;
    // The process is itself again before the daemon can hand it the next job.
    const outcome = await runJob(message, { channel, link, signal, failpoints })
      .catch((error: unknown) => failedOutcome(error, signal))
      .finally(restore);
    channel.send({ kind: 'finished', outcome });
  }

  return {
    receive: (message) => {
      switch (message.kind) {
        case 'run':
          void run(message);
          return;
        case 'cancel':
          cancelling.abort(new Error('the job was cancelled'));
          return;
        case 'answer': {
          const asked = waiting.get(message.request);
          waiting.delete(message.request);
          if (message.error === undefined) asked?.resolve(message.body ?? new Uint8Array());
          else asked?.reject(fromWireError(message.error));
        }
      }
    },
  };
}

interface Surroundings {
  readonly channel: DaemonChannel;
  readonly link: MasterLink;
  readonly signal: AbortSignal;
  readonly failpoints: Failpoints;
}

async function runJob(message: RunMessage, surroundings: Surroundings): Promise<JobOutcome> {
  const { job, grains } = message;
  const { channel } = surroundings;
  const { decoded, sealed } = await openTree(message, surroundings);
  const environment = openEnvironment(message, surroundings, { decoded, sealed });
  try {
    if (grains === undefined) channel.send({ kind: 'grains', grains: encodeValue(await environment.grains()) });
    if (job.target !== undefined && !(await environment.isFor(job.target))) return notForThis(job.target);
    const positional = decodeValue(job.argument);
    const keyword = requireDict(decodeValue(job.keywordArgument));
    const call = { fun: job.fun, positional: Array.isArray(positional) ? positional : [], keyword };
    if (isCompound(job.fun))
      return await runCompound(environment, callsOf(call), {
        isOrdered: decoded.get('multifunc_ordered') === true,
        revealTo: job.revealTo,
      });
    const answer = await environment.call(call.fun, call.positional, keyword);
    const retcode = environment.retcode();
    if (isWorthKeeping(job.fun, retcode)) await sealed?.keep();
    return {
      status: retcode === 0 ? 'ok' : 'failed',
      ...sealable(answer.value, answer.trueValue, job.revealTo),
      retcode,
      ...(answer.outputter === undefined ? {} : { outputter: answer.outputter }),
      ...pinnedPillar(environment),
    };
  } finally {
    await environment.close();
  }
}

function openEnvironment(
  { job, grains, withoutPillar = false }: RunMessage,
  { channel, signal, link, failpoints }: Surroundings,
  { decoded, sealed }: OpenedTree,
): CallEnvironment {
  return createCallEnvironment({
    options: decoded,
    minionId: pythonStr(decoded.get('id') ?? ''),
    jid: job.jid,
    log: createLogger((level, message, data) => channel.send({ kind: 'log', level, message, data: toSendable(data) }), {
      jid: job.jid,
    }),
    clock: systemClock,
    signal,
    daemon: link,
    failpoints,
    withoutPillar,
    user: job.user,
    ...(job.asker === undefined ? {} : { asker: job.asker }),
    ...(decoded.get('file_client') === 'local' ? {} : { link: sealed?.link ?? link }),
    ...(sealed === undefined ? {} : { sealed }),
    onManaged: (files) => channel.send({ kind: 'managed', files }),
    ...(job.fun.startsWith('converge.') ? { onLeft: (files) => channel.send({ kind: 'left', files }) } : {}),
    onProgress: (progress) => channel.send({ kind: 'progress', progress }),
    onPillar: (pillar) => channel.send({ kind: 'pillar', pillar: encodeValue(daemonPart(pillar)) }),
    onGrains: (collected) => channel.send({ kind: 'grains', grains: encodeValue(collected) }),
    ...(grains === undefined ? {} : { grains: requireDict(decodeValue(grains)) }),
  });
}

/** A tree that compiled is worth keeping, also when some of its states fail. */
function isWorthKeeping(fun: string, retcode: number): boolean {
  return fun === 'converge.run' && (retcode === 0 || retcode === 2);
}

/** Several functions, one after the other: what goes wrong with one is its answer, and the next runs. */
async function runCompound(
  environment: CallEnvironment,
  calls: readonly JobCall[],
  { isOrdered, revealTo }: { readonly isOrdered: boolean; readonly revealTo: Uint8Array | undefined },
): Promise<JobOutcome> {
  const answers: (readonly [string, Value, Value])[] = [];
  for (const { fun, positional, keyword } of calls) {
    const { value, trueValue } = await environment.call(fun, positional, keyword);
    answers.push([fun, value, trueValue]);
  }
  const retcode = environment.retcode();
  const together = (pick: (answer: (typeof answers)[number]) => Value): Value =>
    isOrdered ? answers.map(pick) : new Map<Value, Value>(answers.map((answer) => [answer[0], pick(answer)]));
  const values = sealable(
    together(([, value]) => value),
    together(([, , trueValue]) => trueValue),
    revealTo,
  );
  return { status: retcode === 0 ? 'ok' : 'failed', ...values, retcode, ...pinnedPillar(environment) };
}

function pinnedPillar(environment: CallEnvironment): Pick<JobOutcome, 'pillarVersion'> {
  const pillarVersion = environment.pillarVersion();
  return pillarVersion === undefined ? {} : { pillarVersion };
}

/** What everybody may see of an answer and, sealed, what only who asked may. */
function sealable(
  value: Value,
  trueValue: Value,
  revealTo: Uint8Array | undefined,
): Pick<JobOutcome, 'value' | 'sealedValue'> {
  const shown = { value: encodeValue(value) };
  return revealTo === undefined ? shown : { ...shown, sealedValue: sealFor(encodeValue(trueValue), revealTo) };
}

interface OpenedTree {
  readonly decoded: Dict;
  readonly sealed: SealedTree | undefined;
}

/** The options of a job, and the sealed tree it works with if it does. */
async function openTree({ options, tree }: RunMessage, { link, failpoints }: Surroundings): Promise<OpenedTree> {
  const decoded = requireDict(decodeValue(options));
  if (tree === undefined || decoded.get('file_client') === 'local') return { decoded, sealed: undefined };
  const place = (key: string): string => pythonStr(decoded.get(key) ?? '');
  const files = guard('sealed', openSealedFiles(place('cachedir'), place('pki_dir'), failpoints), failpoints);
  if (tree === 'record') return { decoded, sealed: recordTree(link, files, options) };
  const snapshot = await files.load();
  if (snapshot === undefined) return { decoded, sealed: undefined };
  return { decoded: requireDict(decodeValue(snapshot.options)), sealed: replayTree(snapshot, files) };
}

/** The members of the pillar that the daemon works by. */
function daemonPart(pillar: Dict): Dict {
  return new Map([...pillar].filter(([key]) => daemonKeys.has(key)));
}

const daemonKeys: ReadonlySet<Value> = new Set(['schedule', 'whens', 'beacons']);

/** The master resolves targets from what it last heard; what is true here counts. */
function notForThis({ type, expression }: Target): JobOutcome {
  const text = `This minion does not match the target of the job any more (${type}: ${expression}).`;
  return { status: 'refused', value: encodeValue(text), retcode: 1 };
}

function failedOutcome(error: unknown, signal: AbortSignal): JobOutcome {
  const text = error instanceof Error ? error.message : String(error);
  return { status: signal.aborted ? 'cancelled' : 'failed', value: encodeValue(text), retcode: 1 };
}

function requireDict(value: Value): Dict {
  return isDict(value) ? value : new Map();
}

/** A job may change the process it runs in; the next one must not notice. */
function rememberProcess(): () => void {
  const environment = { ...process.env };
  const folder = process.cwd();
  const umask = process.umask();
  return () => {
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
    Object.assign(process.env, environment);
    process.chdir(folder);
    process.umask(umask);
  };
}

function toSendable(data: LogData): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, isScalar(value) ? value : describe(value)]),
  );
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof value);
}

function describe(value: unknown): string {
  if (value instanceof Error) return value.message;
  return JSON.stringify(value) ?? String(value);
}
