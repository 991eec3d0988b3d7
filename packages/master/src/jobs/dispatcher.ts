import {
  AppError,
  decodeValue,
  encodeMessage,
  encodeValue,
  parseJid,
  validateTarget,
  type Clock,
  type Jid,
  type JobMessage,
  type JobProgress,
  type JobReturn,
  type Logger,
  type MinionId,
  type Target,
  type Timer,
  type Value,
} from '@brine/common';
import type { JobControl, JobRequest } from '@brine/api';
import type { EventBus } from '../events/event-bus.ts';
import type { MinionDirectory } from '../minions/minion-directory.ts';
import type { JobRecord, Store } from '../store/store.ts';
import { followJob, wakeUp } from './follow-job.ts';
import type { JobPolicy } from './job-policy.ts';
import { createJobWatchers } from './job-watchers.ts';

/** How jobs reach minions. */
export interface JobTransport {
  /** Delivers to each minion as soon as it is connected, until it acknowledged or `notAfter` passed. */
  publish(publication: {
    readonly id: string;
    readonly minions: readonly MinionId[];
    readonly body: Uint8Array;
    readonly notAfter: number;
  }): Promise<void>;
  /** Stops delivering a job to a minion that has not taken it. */
  withdraw(jid: string, minion: MinionId): void;
  /** Asks a connected minion to stop a job; `false` when it does not run there. */
  cancel(minion: MinionId, jid: string): Promise<boolean>;
}

/** What a dispatcher works with. */
export interface DispatcherOptions {
  readonly store: Store;
  readonly transport: JobTransport;
  readonly directory: MinionDirectory;
  readonly events: EventBus;
  readonly policy: JobPolicy;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly nextJid: () => Jid;
}

/** The one way jobs take, whoever asks for them. */
export interface Dispatcher extends JobControl {
  /** A minion came or went; followers look again at who is reachable. */
  connectionsChanged(): void;
  delivered(minion: MinionId, jid: string): Promise<void>;
  started(minion: MinionId, jid: string): Promise<void>;
  progressed(minion: MinionId, progress: JobProgress): void;
  /** Resolves when the return is durable; a repeated one is fine. */
  returned(minion: MinionId, answer: JobReturn): Promise<void>;
  /** Takes up what an earlier process left: undelivered jobs and their expiry. */
  start(): Promise<void>;
  stop(): void;
}

/** Creates the dispatcher. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { store, transport, directory, events, clock, logger } = options;
  const watchers = createJobWatchers();
  const expiry = createExpiry(options, (jid, minion) => tellReturn(jid, minion));

  async function tellReturn(jid: Jid, minion: MinionId): Promise<void> {
    const job = await store.findJob(jid);
    const delivery = (await store.deliveries(jid)).find((entry) => entry.minion === minion);
    if (job === undefined || delivery === undefined) return;
    const value = delivery.value === undefined ? null : decodeValue(delivery.value);
    const { status, retcode = 1, outputter, startedAt, duration } = delivery;
    const rest = { ...optional('outputter', outputter), ...optional('startedAt', startedAt) };
    watchers.tell(jid, {
      ...{ kind: 'return', minion, jid, fun: job.fun, status, value, retcode },
      ...rest,
      ...optional('duration', duration),
    });
    events.emit(`salt/job/${jid}/ret/${minion}`, {
      ...{ cmd: '_return', id: minion, jid, fun: job.fun, return: value, retcode, success: status === 'ok' },
      ...{ fun_args: decodeValue(job.positional), status },
    });
  }

  async function advance(minion: MinionId, text: string, status: 'delivered' | 'running'): Promise<void> {
    const jid = parseJid(text);
    if (jid === undefined || !(await store.advance(jid, minion, status))) return;
    watchers.tell(jid, { kind: 'status', minion, status });
    if (status === 'delivered') await expiry.reschedule();
  }

  return {
    resolve: (target) => resolveTarget(target, directory),
    async submit(request, caller) {
      options.policy(request, caller);
      const minions = resolveTarget(request.target, directory);
      const job = toRecord(request, { jid: options.nextJid(), user: caller.user, now: clock.now() });
      await store.addJob(job, minions);
      announce(job, minions, events);
      await publish(job, minions, transport);
      await expiry.reschedule();
      logger.info('job accepted', { jid: job.jid, fun: job.fun, minions: minions.length, user: job.user });
      return { jid: job.jid, minions };
    },
    follow: (text, followOptions) => followJob(requireJid(text), followOptions, { store, watchers, directory, clock }),
    async cancel(text) {
      const jid = requireJid(text);
      const asked: string[] = [];
      for (const { minion, status } of (await store.deliveries(jid)).filter(({ status: s }) => isLive(s))) {
        if (await cancelOne(jid, minion, status === 'queued')) asked.push(minion);
      }
      return asked;
    },
    connectionsChanged: () => watchers.tellAll(wakeUp),
    delivered: async (minion, jid) => advance(minion, jid, 'delivered'),
    started: async (minion, jid) => advance(minion, jid, 'running'),
    progressed: (minion, progress) => watchers.tell(progress.jid, { kind: 'progress', minion, progress }),
    async returned(minion, answer) {
      const jid = requireJid(answer.jid);
      if (!(await store.finish(minion, answer))) return;
      await tellReturn(jid, minion);
      await expiry.reschedule();
    },
    async start() {
      await expiry.expire();
      await republish(store, transport);
    },
    stop: expiry.stop,
  };

  async function cancelOne(jid: Jid, minion: MinionId, isQueued: boolean): Promise<boolean> {
    if (isQueued && (await store.advance(jid, minion, 'cancelled'))) {
      transport.withdraw(jid, minion);
      await tellReturn(jid, minion);
      return true;
    }
    if (!directory.connected.has(minion)) return false;
    return transport.cancel(minion, jid);
  }
}

interface Expiry {
  /** Gives up what is due and waits for the next. */
  expire(): Promise<void>;
  /** Looks when the next queued delivery runs out and waits for it. */
  reschedule(): Promise<void>;
  stop(): void;
}

function createExpiry(
  { store, clock, logger }: DispatcherOptions,
  onExpired: (jid: Jid, minion: MinionId) => Promise<void>,
): Expiry {
  let timer: Timer | undefined;
  let isStopped = false;
  async function expire(): Promise<void> {
    for (const { jid, minion } of await store.expireQueued(clock.now())) await onExpired(jid, minion);
    await reschedule();
  }
  async function reschedule(): Promise<void> {
    timer?.cancel();
    const next = await store.nextExpiry();
    if (isStopped || next === undefined) return;
    // One timer never waits longer than a day, so that a clock that jumps does no harm.
    const wait = Math.min(Math.max(next - clock.now(), 0), 86_400_000);
    timer = clock.after(wait, () => {
      expire().catch((error: unknown) => logger.error('expiring jobs failed', { error }));
    });
  }
  return {
    expire,
    reschedule,
    stop() {
      isStopped = true;
      timer?.cancel();
    },
  };
}

function resolveTarget(target: Target, directory: MinionDirectory): readonly MinionId[] {
  const problems = validateTarget(target);
  if (problems.length > 0) {
    const message = problems.map(({ summary }) => summary).join('; ');
    throw new AppError({ code: 'target-invalid', message, problems, exitCode: 2 });
  }
  const minions = directory.match(target);
  if (minions.length > 0) return minions;
  throw new AppError({
    code: 'target-empty',
    message: 'No minions matched the target. No command was sent, no jid was assigned.',
    exitCode: 2,
  });
}

function toRecord(
  request: JobRequest,
  { jid, user, now }: { readonly jid: Jid; readonly user: string; readonly now: number },
): JobRecord {
  return {
    jid,
    fun: request.fun,
    positional: encodeValue([...request.positional]),
    keyword: encodeValue(request.keyword),
    target: request.target,
    user,
    createdAt: now,
    notAfter: now + request.deliverWithin,
  };
}

function announce(job: JobRecord, minions: readonly MinionId[], events: EventBus): void {
  const keyword = decodeValue(job.keyword) as Map<Value, Value>;
  events.emit(`salt/job/${job.jid}/new`, {
    jid: job.jid,
    tgt_type: job.target.type,
    tgt: job.target.expression,
    user: job.user,
    fun: job.fun,
    arg: [...(decodeValue(job.positional) as Value[]), ...(keyword.size > 0 ? [keyword] : [])],
    minions,
    missing: [],
  });
}

/** What nobody had taken when an earlier process ended. */
async function republish(store: Store, transport: JobTransport): Promise<void> {
  const waiting = new Map<Jid, MinionId[]>();
  for (const { jid, minion, status } of await store.unfinished()) {
    if (status === 'queued') waiting.set(jid, [...(waiting.get(jid) ?? []), minion]);
  }
  for (const [jid, minions] of waiting) {
    const job = await store.findJob(jid);
    if (job !== undefined) await publish(job, minions, transport);
  }
}

async function publish(job: JobRecord, minions: readonly MinionId[], transport: JobTransport): Promise<void> {
  const message: JobMessage = {
    jid: job.jid,
    fun: job.fun,
    argument: job.positional,
    keywordArgument: job.keyword,
    target: job.target,
    user: job.user,
    notAfter: job.notAfter,
  };
  await transport.publish({ id: job.jid, minions, body: encodeMessage(message), notAfter: job.notAfter });
}

function requireJid(text: string): Jid {
  const jid = parseJid(text);
  if (jid === undefined) throw new AppError({ code: 'job-unknown', message: `'${text}' is not a job id` });
  return jid;
}

function isLive(status: string): boolean {
  return status === 'queued' || status === 'delivered' || status === 'running';
}

function optional<Key extends string, Item>(key: Key, item: Item | undefined): { [K in Key]?: Item } {
  return item === undefined ? {} : ({ [key]: item } as { [K in Key]?: Item });
}
