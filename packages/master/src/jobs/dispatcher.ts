import {
  AppError,
  finalJobStatuses,
  parseJid,
  parseMinionId,
  toValue,
  type Clock,
  type Dict,
  type Jid,
  type JobProgress,
  type JobReturn,
  type Logger,
  type MinionId,
  type Target,
} from '@brine/common';
import type { Caller, JobControl, JobEvent, JobRequest, SubmittedJob } from '@brine/api';
import type { EventBus } from '../events/event-bus.ts';
import type { MinionDirectory } from '../minions/minion-directory.ts';
import type { Store } from '../store/store.ts';
import { createBatchRuns, type BatchRuns } from './batch-runs.ts';
import { chooseSubset } from './choose-subset.ts';
import { followJob, wakeUp } from './follow-job.ts';
import { announceJob, announceReturn } from './job-announcements.ts';
import { createJobExpiry, type JobExpiry } from './job-expiry.ts';
import type { JobPolicy } from './job-policy.ts';
import { detailedJob, listedJob } from '../runners/job-shapes.ts';
import { readChosenJid, requireJid, resolveTarget, toJobRecord } from './job-request.ts';
import type { JobTransport } from './job-transport.ts';
import { createJobWatchers, type JobWatchers } from './job-watchers.ts';
import { createMasterJobs, type MasterJobs } from './master-jobs.ts';
import { recordOwnJob, type OwnJobParts, type OwnJobReturn } from './own-job-report.ts';
import { requireKeepable, withoutContents } from './passing-contents.ts';
import { createRevealing, type Revealing } from './revealing.ts';
import { publishJob, publishWaiting } from './publish-job.ts';
import { createSubmissions } from './submissions.ts';

/** What a dispatcher works with. */
export interface DispatcherOptions extends Pick<OwnJobParts, 'onReport' | 'isNews'> {
  readonly store: Store;
  readonly transport: JobTransport;
  readonly directory: MinionDirectory;
  readonly events: EventBus;
  readonly policy: JobPolicy;
  /** The target as it stands for a caller; as it is, when absent. Throws `target-empty`. */
  readonly targetFor?: (target: Target, caller: Caller) => Target;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Returners that every return is handed to by its minion (`ext_job_cache`). */
  readonly everyReturner?: readonly string[];
  readonly nextJid: () => Jid;
  /** A number from 0 up to, but not including, 1; draws the minions of a subset. */
  readonly random: () => number;
}

/** What minions tell of jobs. */
export interface JobReports {
  delivered(minion: MinionId, jid: string): Promise<void>;
  started(minion: MinionId, jid: string): Promise<void>;
  progressed(minion: MinionId, progress: JobProgress): void;
  /** Resolves when the return is durable; a repeated one is fine. */
  returned(minion: MinionId, answer: JobReturn): Promise<void>;
  /** The return of a job that the minion gave to itself; resolves when it is durable. */
  reported(minion: MinionId, report: OwnJobReturn): Promise<void>;
}

/** The one way jobs take, whoever asks for them. */
export interface Dispatcher extends JobControl, JobReports {
  /** Jobs of the master itself. */
  readonly own: MasterJobs;
  /** A minion came or went; followers look again at who is reachable. */
  connectionsChanged(): void;
  /** The minion's key is accepted no longer: what is open for it ends. */
  abandon(minion: MinionId): Promise<void>;
  /**
   * The wall clock was set by so many milliseconds, negative for back: deadlines are moved back with it, so that nothing waits
   * longer; when it was set forward they are due earlier, as after a pause of the machine, of which this cannot be told.
   */
  clockStepped(milliseconds: number): Promise<void>;
  /** Takes up what an earlier process left: undelivered jobs and their expiry. */
  start(): Promise<void>;
  stop(): void;
}

interface Parts extends DispatcherOptions {
  readonly watchers: JobWatchers;
  readonly expiry: JobExpiry;
  readonly batches: BatchRuns;
  readonly revealing: Revealing;
}

/** Creates the dispatcher. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { store, clock, logger, events } = options;
  const watchers = createJobWatchers();
  const onExpired = async (jid: Jid, minion: MinionId): Promise<void> => {
    // Whatever the clock does later: what ended as expired is not delivered any more.
    await withdrawEnded(jid, minion, { ...options, watchers });
  };
  const expiry = createJobExpiry({ store, clock, logger, onExpired });
  const revealing = createRevealing();
  const batches = createBatchRuns({
    ...{ ...options, watchers, revealing, onReleased: () => expiry.reschedule() },
    async withdraw(jid, minion) {
      if (await store.advance(jid, minion, 'cancelled')) await announceReturn(jid, minion, { store, watchers, events });
    },
  });
  const parts = { ...options, watchers, expiry, batches, revealing };
  return {
    ...createJobControl(parts),
    ...createJobReports(parts),
    own: createMasterJobs(parts),
    connectionsChanged: () => watchers.tellAll(wakeUp),
    async abandon(minion) {
      for (const jid of await store.abandon(minion)) await withdrawEnded(jid, minion, parts);
    },
    async clockStepped(milliseconds) {
      if (milliseconds < 0) await store.shiftDeadlines(milliseconds);
      await expiry.expire();
    },
    async start() {
      await expiry.expire();
      await publishWaiting(store, options.transport);
      await batches.resume();
    },
    stop() {
      batches.stop();
      expiry.stop();
    },
  };
}

function createJobControl(parts: Parts): JobControl {
  const { store, directory, clock, watchers, revealing } = parts;
  const submissions = createSubmissions(store);
  return {
    resolve: (target) => resolveTarget(target, directory),
    async submit(request, caller) {
      parts.policy(request, caller);
      requireKeepable(request);
      return submissions.once(request.once, async () => {
        const target = parts.targetFor?.(request.target, caller) ?? request.target;
        return submitJob({ ...request, target }, caller, parts);
      });
    },
    list: async ({ limit, before }) => {
      const older = before === undefined ? {} : { before: requireJid(before) };
      const jobs = await store.listJobs({ limit, ...older });
      return jobs.map((job) => toValue({ jid: job.jid, ...listedJob(job) }) as Dict);
    },
    async find(text) {
      const jid = requireJid(text);
      const job = await store.findJob(jid);
      if (job === undefined) throw new AppError({ code: 'job-unknown', message: `there is no job ${jid}` });
      return toValue(detailedJob(job, await store.deliveries(jid))) as Dict;
    },
    follow(text, options) {
      const followed = followJob(requireJid(text), options, { store, watchers, directory, clock });
      return options.showsSecrets === true ? withSecrets(followed, requireJid(text), revealing) : followed;
    },
    async cancel(text) {
      const jid = requireJid(text);
      const asked: string[] = [];
      for (const { minion, status } of await store.deliveries(jid)) {
        if (finalJobStatuses.includes(status)) continue;
        if (await cancelDelivery(jid, minion, parts)) asked.push(minion);
      }
      return asked;
    },
  };
}

async function submitJob(request: JobRequest, caller: Caller, parts: Parts): Promise<SubmittedJob> {
  const { store, transport, events, clock, logger, revealing } = parts;
  const { minions, ...wanted } = chooseMinions(request, parts);
  const jid = request.jid === undefined ? parts.nextJid() : readChosenJid(request.jid, clock.now());
  const terms = { user: caller.user, asker: askerOf(caller), now: clock.now(), count: minions.length };
  const job = toJobRecord({ ...request, ...wanted, ...withEvery(request, parts) }, { jid, ...terms });
  const kept = withoutContents(job);
  const superseded = await store.addJob(kept, minions);
  if (request.showsSecrets === true) revealing.begin(jid);
  announceJob(kept, minions, events);
  const { notAfter } = job;
  if (job.batch === undefined) await publishJob(job, { minions, notAfter }, transport, revealing.publicKeyOf(jid));
  else await parts.batches.begin(job);
  // A minion that comes back after a week runs the newest of the highstates that wait for it, not all of them.
  for (const older of superseded) await withdrawEnded(older.jid, older.minion, parts);
  await parts.expiry.reschedule();
  logger.info('job accepted', { jid: job.jid, fun: job.fun, minions: minions.length, user: job.user });
  return { jid: job.jid, minions };
}

/** The minion behind a caller: only the desk of peers makes such callers, of the session that a request came through. */
function askerOf(caller: Caller): MinionId | undefined {
  return caller.via === 'minion' ? parseMinionId(caller.user) : undefined;
}

/** The returners of `ext_job_cache` get every return beside those of the request. */
function withEvery(
  { returners }: JobRequest,
  { everyReturner = [] }: Pick<DispatcherOptions, 'everyReturner'>,
): Pick<JobRequest, 'returners'> {
  const names = [...new Set([...(returners?.names ?? []), ...everyReturner])];
  return names.length === 0 ? {} : { returners: { ...returners, names } };
}

/** The minions of a request; a job for a few of a match names those as its target. */
function chooseMinions(
  { target, subset }: JobRequest,
  { directory, random }: Parts,
): { readonly minions: readonly MinionId[]; readonly target: Target } {
  const minions = resolveTarget(target, directory);
  if (subset === undefined) return { minions, target };
  const chosen = chooseSubset(minions, { size: subset, connected: directory.connected, random });
  return { minions: chosen, target: { type: 'list', expression: chosen.join(',') } };
}

/** Puts the secrets into the answers for the one who may see them. */
async function* withSecrets(events: AsyncIterable<JobEvent>, jid: Jid, revealing: Revealing): AsyncIterable<JobEvent> {
  try {
    for await (const event of events) {
      const value = event.kind === 'return' ? revealing.show(jid, event.minion) : undefined;
      yield value === undefined || event.kind !== 'return' ? event : { ...event, value };
    }
  } finally {
    revealing.end(jid);
  }
}

/** The store has ended a delivery: nobody gets it any more, and whoever waits for it is told. */
async function withdrawEnded(
  jid: Jid,
  minion: MinionId,
  parts: Pick<Parts, 'transport' | 'store' | 'watchers' | 'events'>,
): Promise<void> {
  parts.transport.withdraw(jid, minion);
  await announceReturn(jid, minion, parts);
}

/** Withdraws what waits, or asks the minion that has it. */
async function cancelDelivery(jid: Jid, minion: MinionId, parts: Parts): Promise<boolean> {
  if (await parts.store.advance(jid, minion, 'cancelled')) {
    await withdrawEnded(jid, minion, parts);
    return true;
  }
  return parts.directory.connected.has(minion) && parts.transport.cancel(minion, jid);
}

function createJobReports(parts: Parts): JobReports {
  const { store, watchers, expiry } = parts;
  async function advance(minion: MinionId, text: string, status: 'delivered' | 'running'): Promise<void> {
    const jid = parseJid(text);
    if (jid === undefined || !(await store.advance(jid, minion, status))) return;
    watchers.tell(jid, { kind: 'status', minion, status });
    await expiry.reschedule();
  }
  return {
    delivered: async (minion, jid) => advance(minion, jid, 'delivered'),
    started: async (minion, jid) => advance(minion, jid, 'running'),
    progressed: (minion, progress) => watchers.tell(progress.jid, { kind: 'progress', minion, progress }),
    async returned(minion, answer) {
      const jid = requireJid(answer.jid);
      parts.revealing.take(minion, answer);
      if (!(await store.finish(minion, answer))) return;
      // A minion that refuses a job may do so before it acknowledges it.
      if (answer.status === 'refused') parts.transport.withdraw(jid, minion);
      await announceReturn(jid, minion, parts);
      await expiry.reschedule();
    },
    reported: async (minion, report) => recordOwnJob(minion, report, parts),
  };
}
