import { isAppError, isDict, pythonStr, stampOf, toValue, type Dict, type Plain, type Value } from '@brine/common';
import type { Caller } from '../caller.ts';
import type { JobEvent, JobReturnEvent } from '../control-ports.ts';
import { runnerArguments, wheelArguments } from './chunk-arguments.ts';
import { HttpProblem } from './http-problem.ts';
import { readLocalChunk, type LocalChunk } from './local-chunk.ts';
import type { NetapiContext } from './netapi-context.ts';
import { unknownJobAnswer } from './unknown-job.ts';
import { withinTime } from './within-time.ts';

/** A chunk on its way. */
export interface ChunkRun {
  readonly chunk: Dict;
  readonly caller: Caller;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  /** A name for the job, so that a repeated request does not run it twice. */
  readonly context: NetapiContext;
}

/** What a client answers: one entry of `return`, or several. */
type Client = (run: ChunkRun) => Promise<readonly Value[]>;

/** The clients there are; Salt's list, and `caller`. */
export const chunkClients: ReadonlyMap<string, Client> = new Map<string, Client>([
  ['local', local],
  ['local_async', localAsync],
  ['local_batch', localBatch],
  ['local_subset', localSubset],
  ['runner', runner],
  ['runner_async', runnerAsync],
  ['wheel', wheel],
  ['wheel_async', wheelAsync],
  ['caller', callerClient],
]);

/** As `GET /` lists them. */
export const clientNames: readonly string[] = [
  ...['local', 'local_async', 'local_batch', 'local_subset', 'runner', 'runner_async', 'ssh', 'wheel', 'wheel_async'],
];

async function local(run: ChunkRun): Promise<readonly Value[]> {
  return [await runJob(run, {})];
}

async function localSubset(run: ChunkRun): Promise<readonly Value[]> {
  const subset = run.chunk.get('subset') ?? run.chunk.get('sub') ?? 3;
  const size = Number(subset);
  if (!Number.isInteger(size) || size < 1) throw new HttpProblem(400, 'subset has to be a number of minions');
  return [await runJob(run, { subset: size })];
}

async function runJob(run: ChunkRun, wish: { readonly subset?: number }): Promise<Value> {
  const chunk = readLocalChunk(run.chunk, run.context.settings);
  const answers: Dict = new Map();
  if (chunk === undefined) return answers;
  for await (const ending of follow(run, chunk, wish)) {
    answers.set(ending.minion, answerOf(ending, chunk));
  }
  return answers;
}

async function localBatch(run: ChunkRun): Promise<readonly Value[]> {
  const chunk = readLocalChunk(run.chunk, run.context.settings);
  const size = pythonStr(run.chunk.get('batch') ?? '10%');
  if (!/^\d+%?$/.test(size) || Number.parseInt(size, 10) === 0) {
    throw new HttpProblem(400, 'batch has to be a number of minions or a share of them');
  }
  const answers: Value[] = [];
  if (chunk === undefined) return answers;
  for await (const ending of follow(run, chunk, { batch: { size }, patience: chunk.patience })) {
    if (!('value' in ending) || !hasAnswered(ending)) continue;
    answers.push(chunk.isRaw ? rawReturn(ending, chunk, run) : new Map([[ending.minion, ending.value]]));
  }
  return answers;
}

async function localAsync(run: ChunkRun): Promise<readonly Value[]> {
  const chunk = readLocalChunk(run.chunk, run.context.settings);
  if (chunk === undefined) return [new Map()];
  try {
    const { jid, minions } = await run.context.ports.jobs.submit(chunk.request, run.caller);
    return [toValue({ jid, minions })];
  } catch (error) {
    return [nobodyFor(error)];
  }
}

type Ending = JobReturnEvent | (JobEvent & { readonly kind: 'unreachable' });

/** Submits a job and tells how each minion ends; a target that means nobody is no error. */
async function* follow(
  { caller, signal, context: { ports } }: ChunkRun,
  { request, patience }: LocalChunk,
  wish: Partial<LocalChunk['request']>,
): AsyncIterable<Ending> {
  let jid: string;
  try {
    ({ jid } = await ports.jobs.submit({ ...request, ...wish }, caller));
  } catch (error) {
    nobodyFor(error);
    return;
  }
  for await (const event of ports.jobs.follow(jid, { patience, signal })) {
    if (event.kind === 'return' || event.kind === 'unreachable') yield event;
  }
}

function nobodyFor(error: unknown): Dict {
  if (isAppError(error, 'target-empty')) return new Map();
  throw error;
}

function hasAnswered({ status, value }: JobReturnEvent): boolean {
  return status === 'ok' || status === 'failed' || value !== null;
}

function answerOf(ending: Ending, { isFullReturn }: LocalChunk): Value {
  if (ending.kind === 'unreachable' || !hasAnswered(ending)) return false;
  if (!isFullReturn) return ending.value;
  const { value, retcode, jid, outputter } = ending;
  return toValue({ ret: value, retcode, jid, ...(outputter === undefined ? {} : { out: outputter }) });
}

function rawReturn(
  { minion, jid, fun, value, retcode, status }: JobReturnEvent,
  { request: { positional, keyword } }: LocalChunk,
  { caller: { user } }: ChunkRun,
): Value {
  const args: Value[] = [...positional, ...(keyword.size === 0 ? [] : [keyword])];
  const answer = { return: value, retcode, success: status === 'ok', _stamp: stampOf(Date.now()) };
  return toValue({
    tag: `salt/job/${jid}/ret/${minion}`,
    data: { cmd: '_return', id: minion, jid, fun, fun_args: args, user, ...answer },
  });
}

function functionOf(chunk: Dict, client: string): string {
  const fun = chunk.get('fun') ?? null;
  if (typeof fun === 'string' && fun !== '') return fun;
  throw new HttpProblem(400, `${client} takes at least 1 argument (0 given)`);
}

async function runner(run: ChunkRun): Promise<readonly Value[]> {
  const { chunk, caller, context } = run;
  const call = { fun: functionOf(chunk, 'runner'), ...runnerArguments(chunk) };
  const work = context.ports.runners.run(call, caller).catch((error: unknown) => failureOfRunner(call, error));
  const { value, announced, retcode } = await withinTime(work, chunk.get('timeout') ?? null);
  if (chunk.get('full_return') !== true || announced === undefined) return [value];
  const args: Value[] = [...call.positional, ...(call.keyword.size === 0 ? [] : [call.keyword])];
  const data: Plain = {
    ...{ fun: `runner.${call.fun}`, jid: announced.jid, user: caller.user, fun_args: args },
    ...{ _stamp: stampOf(Date.now()), return: value, success: retcode === 0 },
  };
  return [toValue({ data, tag: `${announced.tag}/ret` })];
}

type RunnerCall = Parameters<NetapiContext['ports']['runners']['run']>[0];
type RunnerResult = Awaited<ReturnType<NetapiContext['ports']['runners']['run']>>;

/** What a runner says of wrong arguments and of failures is its answer; refusals and unknown names are not. */
function failureOfRunner({ fun, positional, keyword }: RunnerCall, error: unknown): RunnerResult {
  const jid = positional[0] ?? keyword.get('jid') ?? null;
  const unknown = isAppError(error, 'job-unknown') ? unknownJobAnswer(fun, jid) : undefined;
  if (unknown !== undefined) return { value: unknown, retcode: 0 };
  if (!isAppError(error) || ['access-refused', 'runner-unknown'].includes(error.code)) throw error;
  const isUsage = error.code === 'function-arguments';
  const value = isUsage
    ? `\nPassed invalid arguments: ${error.message.replace(/^Passed invalid arguments to \S+: /, '')}\n\nUsage:\n`
    : `Exception occurred in runner ${fun}: ${error.message}`;
  return { value, retcode: 1 };
}

async function runnerAsync({ chunk, caller, context }: ChunkRun): Promise<readonly Value[]> {
  const call = { fun: functionOf(chunk, 'runner_async'), ...runnerArguments(chunk) };
  const { jid, tag } = context.ports.runners.begin(call, caller);
  return Promise.resolve([toValue({ tag, jid })]);
}

async function wheel({ chunk, caller, context }: ChunkRun): Promise<readonly Value[]> {
  const call = { fun: functionOf(chunk, 'wheel'), ...wheelArguments(chunk) };
  const { announced, data } = await withinTime(context.ports.wheel.run(call, caller), chunk.get('timeout') ?? null);
  return [toValue({ tag: announced.tag, data })];
}

async function wheelAsync({ chunk, caller, context }: ChunkRun): Promise<readonly Value[]> {
  const call = { fun: functionOf(chunk, 'wheel_async'), ...wheelArguments(chunk) };
  const { jid, tag } = context.ports.wheel.begin(call, caller);
  return Promise.resolve([toValue({ tag, jid })]);
}

/** An execution function on the master itself: what the runner `salt.cmd` does. */
async function callerClient(run: ChunkRun): Promise<readonly Value[]> {
  const fun = functionOf(run.chunk, 'caller');
  const arg = run.chunk.get('arg') ?? [];
  const chunk: Dict = new Map(run.chunk);
  chunk.set('fun', 'salt.cmd').set('arg', [fun, ...(Array.isArray(arg) ? arg : [arg])]);
  const kwarg = chunk.get('kwarg') ?? null;
  if (kwarg !== null && !isDict(kwarg)) throw new HttpProblem(400, 'kwarg has to be a mapping');
  return runner({ ...run, chunk });
}
