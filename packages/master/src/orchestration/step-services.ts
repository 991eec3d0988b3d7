import {
  AppError,
  isAppError,
  isDict,
  pythonStr,
  targetTypes,
  toFloat,
  toValue,
  type Clock,
  type Dict,
  type Jid,
  type Plain,
  type Target,
  type Value,
} from '@brine/common';
import type { Caller, JobRequest, RunnerControl, WheelControl } from '@brine/api';
import type { EventBus, EventTap } from '../events/event-bus.ts';
import type { Dispatcher } from '../jobs/dispatcher.ts';
import type { Store } from '../store/store.ts';
import { awaitEvents } from './await-events.ts';
import { durableRunners } from './durable-runners.ts';
import type { OrchestrationBook } from './orchestration-book.ts';
import { asDict, asList, type OrchestrationRecord } from './orchestration-record.ts';

/** What the steps of orchestrations reach. */
export interface StepServiceParts {
  readonly book: OrchestrationBook;
  readonly store: Store;
  readonly dispatcher: Dispatcher;
  readonly runners: () => RunnerControl;
  readonly wheel: () => WheelControl;
  readonly events: EventBus & EventTap;
  readonly clock: Clock;
  readonly nextJid: () => Jid;
  /** The master's configuration under Salt's key names. */
  readonly options: Dict;
  /** Waits for another orchestration that goes on. */
  readonly attach: (jid: Jid) => Promise<{ readonly value: Value; readonly retcode: number } | undefined>;
}

/** The orchestration whose steps ask. */
export interface StepOwner {
  readonly record: OrchestrationRecord;
  readonly signal: AbortSignal;
  /** Jobs on minions that steps wait for. */
  readonly jobs: Set<string>;
}

/**
 * Runs a function on minions for a step, or takes up the job that the step began before a restart. Minions that were
 * restarted in the middle are asked once more when the step may be run twice.
 */
export async function runForStep(body: Dict, owner: StepOwner, parts: StepServiceParts): Promise<Value> {
  const call = asDict(body.get('call'));
  const key = keyOf(body);
  const { jid, answers } = await runOnce({ key, request: toRequest(call, parts.options), call }, owner, parts);
  if (jid === undefined) return toValue({ answers });
  const cut = body.get('isRetryable') === true ? interruptedOf(answers) : [];
  if (cut.length === 0) return toValue({ jid, answers });
  const again = {
    ...toRequest(call, parts.options),
    target: { type: 'list' as const, expression: cut.join(',') },
    deliverWithin: patienceOf(parts.options).patience,
  };
  const second = await runOnce(
    { key: key === undefined ? undefined : `${key} again`, request: again, call },
    owner,
    parts,
  );
  return toValue({ jid, answers: new Map([...answers, ...second.answers]) });
}

function interruptedOf(answers: Dict): readonly string[] {
  return [...answers]
    .filter(([, answer]) => asDict(answer).get('status') === 'interrupted')
    .map(([id]) => pythonStr(id));
}

interface StepJob {
  /** What is noted of it; `undefined` for what no step does. */
  readonly key: string | undefined;
  readonly request: JobRequest;
  readonly call: Dict;
}

async function runOnce(
  { key, request, call }: StepJob,
  owner: StepOwner,
  parts: StepServiceParts,
): Promise<StepJobAnswer> {
  const { book, store, dispatcher } = parts;
  const { jid: own, user } = owner.record;
  const noted = key === undefined ? undefined : asDict(book.noted(own, key)).get('job');
  const jid = typeof noted === 'string' ? (noted as Jid) : parts.nextJid();
  if (key !== undefined && noted === undefined) await book.note(own, key, toValue({ job: jid }));
  if ((await store.findJob(jid)) === undefined) {
    tellArguments(call, owner, parts);
    try {
      await dispatcher.submit({ ...request, jid }, { via: 'master', user });
    } catch (error) {
      if (isAppError(error) && error.code === 'target-empty') return { answers: new Map() };
      throw error;
    }
  }
  return { jid, answers: await collect(jid, owner, parts) };
}

interface StepJobAnswer {
  /** Absent when nothing matched the target. */
  readonly jid?: Jid;
  readonly answers: Dict;
}

/** How long a minion that has a job may be away, in milliseconds: one that is restarted, or its machine, comes back. */
function patienceOf(options: Dict): { readonly patience: number; readonly patienceWithVanished: number } {
  const least = secondsOf(options.get('gather_job_timeout'), 10);
  const atLeast = (key: string, otherwise: number): number =>
    1000 * Math.max(secondsOf(options.get(key), otherwise), least);
  return {
    patience: atLeast('orchestration_restart_timeout', 120),
    patienceWithVanished: atLeast('orchestration_vanished_timeout', 30),
  };
}

async function collect(jid: Jid, owner: StepOwner, { dispatcher, options }: StepServiceParts): Promise<Dict> {
  const answers: Dict = new Map();
  owner.jobs.add(jid);
  try {
    for await (const event of dispatcher.follow(jid, { ...patienceOf(options), signal: owner.signal })) {
      if (event.kind === 'return') {
        answers.set(event.minion, toValue({ status: event.status, value: event.value, retcode: event.retcode }));
      } else if (event.kind === 'unreachable') {
        answers.set(event.minion, toValue({ status: 'unreachable', value: null, retcode: 1 }));
      }
    }
  } finally {
    owner.jobs.delete(jid);
  }
  if (owner.signal.aborted) throw aborted();
  return answers;
}

/** Salt tells the event bus what a step runs. */
function tellArguments(call: Dict, { record }: StepOwner, { events }: StepServiceParts): void {
  const target = asDict(call.get('target'));
  const fun = pythonStr(call.get('fun') ?? '');
  events.emit(`salt/run/${record.jid}/args`, {
    type: fun.startsWith('state.') ? 'state' : 'function',
    tgt: target.get('expression') ?? null,
    name: fun,
    args: {
      arg: call.get('positional') ?? null,
      kwarg: call.get('keyword') ?? null,
      tgt_type: target.get('type') ?? null,
      ...Object.fromEntries(
        ['batch', 'subset', 'timeout'].flatMap((key) => (call.has(key) ? [[key, call.get(key) as Plain]] : [])),
      ),
    },
  });
}

function toRequest(call: Dict, options: Dict): JobRequest {
  const timeout = secondsOf(call.get('timeout'), secondsOf(options.get('timeout'), 5));
  const batch = call.get('batch');
  const subset = call.get('subset');
  return {
    target: toTarget(call.get('target')),
    fun: pythonStr(call.get('fun') ?? ''),
    positional: asList(call.get('positional')),
    keyword: asDict(call.get('keyword')),
    deliverWithin: timeout * 1000,
    ...(batch === undefined ? {} : { batch: { size: pythonStr(batch), failhard: call.get('failhard') === true } }),
    ...(subset === undefined ? {} : { subset: Number(subset) }),
    ...returnersOf(call.get('returners')),
  };
}

function returnersOf(given: Value | undefined): Pick<JobRequest, 'returners'> {
  if (!isDict(given ?? null)) return {};
  const wish = asDict(given);
  const [config, kwargs] = [wish.get('config'), wish.get('kwargs')];
  return {
    returners: {
      names: asList(wish.get('names')).map(pythonStr),
      ...(config === undefined ? {} : { config: pythonStr(config) }),
      ...(kwargs === undefined ? {} : { kwargs: asDict(kwargs) }),
    },
  };
}

/** A target as the worker sends it. Throws `target-invalid`. */
export function toTarget(value: Value | undefined): Target {
  const target = asDict(value);
  const type = targetTypes.find((one) => one === target.get('type'));
  if (type === undefined) {
    throw new AppError({
      code: 'target-invalid',
      message: `'${pythonStr(target.get('type') ?? '')}' is no kind of targets`,
    });
  }
  return { type, expression: pythonStr(target.get('expression') ?? '') };
}

/** Runs a runner or wheel function for a step; an orchestration that it began before a restart is taken up. */
export async function callForStep(body: Dict, owner: StepOwner, parts: StepServiceParts): Promise<Value> {
  const call = asDict(body.get('call'));
  const fun = pythonStr(call.get('fun') ?? '');
  const keyword: Dict = new Map(asDict(call.get('keyword')));
  const given = { fun, positional: asList(call.get('positional')), keyword };
  const caller: Caller = { via: 'master', user: owner.record.user };
  if (call.get('kind') === 'wheel') {
    await begin(body, owner, parts);
    const { data } = await parts.wheel().run(given, caller);
    return toValue({
      jid: data.get('jid') ?? null,
      value: data.get('return') ?? null,
      isSuccess: data.get('success') === true,
    });
  }
  if (durableRunners.has(fun)) return orchestrateForStep(body, owner, { ...parts, call: given, caller });
  await begin(body, owner, parts);
  return runRunner(parts, given, caller);
}

type Call = { readonly fun: string; readonly positional: Value[]; readonly keyword: Dict };

async function runRunner(parts: StepServiceParts, call: Call, caller: Caller): Promise<Value> {
  const { value, retcode, announced } = await parts.runners().run(call, caller);
  return toValue({ jid: announced?.jid ?? null, value, isSuccess: retcode === 0 });
}

/** Notes that a call is begun. Throws `orchestration-interrupted` when it was before, and may not be twice. */
async function begin(body: Dict, { record }: StepOwner, { book }: StepServiceParts): Promise<void> {
  const key = keyOf(body);
  if (key === undefined) return;
  if (book.noted(record.jid, key) !== undefined && body.get('isRetryable') !== true) {
    throw new AppError({
      code: 'orchestration-interrupted',
      message:
        'The master stopped while this step was under way. It is not run a second time, for it is not marked with retryable: True.',
    });
  }
  await book.note(record.jid, key, toValue({ isBegun: true }));
}

async function orchestrateForStep(
  body: Dict,
  { record }: StepOwner,
  parts: StepServiceParts & { readonly call: Call; readonly caller: Caller },
): Promise<Value> {
  const { book, call } = parts;
  const key = keyOf(body);
  const noted = key === undefined ? undefined : asDict(book.noted(record.jid, key)).get('orchestration');
  const jid = typeof noted === 'string' ? (noted as Jid) : parts.nextJid();
  if (key !== undefined && noted === undefined) await book.note(record.jid, key, toValue({ orchestration: jid }));
  const present = await parts.attach(jid);
  if (present !== undefined) return toValue({ jid, value: present.value, isSuccess: present.retcode === 0 });
  call.keyword.set('orchestration_jid', jid);
  return toValue({ ...asObject(await runRunner(parts, call, parts.caller)), jid });
}

function asObject(value: Value): { readonly [key: string]: Plain } {
  return Object.fromEntries([...asDict(value)].map(([key, item]) => [pythonStr(key), item]));
}

/** Waits for events for a step; what was seen of them before a restart counts. */
export async function waitForStep(body: Dict, owner: StepOwner, parts: StepServiceParts): Promise<Value> {
  const { book, clock, events } = parts;
  const key = keyOf(body);
  const { jid } = owner.record;
  const before = key === undefined ? new Map<Value, Value>() : asDict(book.noted(jid, key));
  const since = clock.monotonic();
  const { seen, isComplete } = await awaitEvents(
    {
      ...{ tag: pythonStr(body.get('tag') ?? ''), member: pythonStr(body.get('member') ?? '') },
      ...{ values: asList(body.get('values')), seen: asList(before.get('seen')), signal: owner.signal },
      timeout: 1000 * Number(pythonStr(body.get('timeout') ?? 300)),
      onSeen: async (values) => {
        if (key !== undefined) await book.note(jid, key, toValue({ seen: [...values] }));
      },
    },
    events,
    clock,
  );
  if (owner.signal.aborted) throw aborted();
  return toValue({ seen: [...seen], isComplete, seconds: toFloat((clock.monotonic() - since) / 1000) });
}

function keyOf(body: Dict): string | undefined {
  const key = body.get('key');
  return typeof key === 'string' ? key : undefined;
}

function aborted(): AppError {
  return new AppError({ code: 'orchestration-aborted', message: 'the orchestration was aborted' });
}

function secondsOf(value: Value | undefined, otherwise: number): number {
  const seconds = value === undefined || value === null ? Number.NaN : Number(pythonStr(value));
  return seconds > 0 ? seconds : otherwise;
}
