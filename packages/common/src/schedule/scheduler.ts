import type { Clock, Timer } from '../clock.ts';
import { pythonStr } from '../python-repr.ts';
import { isDict, type Dict, type Value } from '../value.ts';
import { formatScheduleTime } from './parse-time-format.ts';
import { askGates, readExplicit, runAfterSkipRange, type ScheduleSettings } from './schedule-gates.ts';
import { nextWhen, readCount, readTiming, type ScheduleTiming } from './schedule-timing.ts';

/** A job that the schedule wants run now. */
export interface FiredJob {
  readonly name: string;
  readonly fun: string;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
  /** The job as it stands in the schedule: `return_job`, `metadata`, `returner` and so on. */
  readonly definition: Dict;
}

/** What a scheduler needs of the world. */
export interface SchedulerOptions {
  readonly clock: Clock;
  /** A number from 0 to below 1, for `splay`. */
  random(): number;
  /** Begins a job. */
  run(job: FiredJob): void;
  /** How many runs of a job have begun and not ended. */
  countRunning(name: string): number;
  /** What the pillar's or the grains' `whens` have under a name. */
  findWhen(name: string): Value | undefined;
  /** Told once of each thing that keeps a job from ever being due. */
  onError(job: string, error: string): void;
}

/** Runs jobs at their times. */
export interface Scheduler {
  /** Begins, or goes on with another schedule; jobs that did not change keep their next time. */
  setJobs(schedule: Dict): void;
  /** Runs a job now, whatever its times are; `maxrunning` still holds. */
  runNow(name: string): void;
  /** The next time of a job, milliseconds since the Unix epoch. */
  nextFireTime(name: string): number | undefined;
  /** What Salt shows of a job beside its definition: `_last_run`, `_next_fire_time`, `_skip_reason` … */
  statusOf(name: string): Dict;
  stop(): void;
}

interface Job {
  readonly name: string;
  readonly definition: Dict;
  readonly timing: ScheduleTiming | { readonly kind: 'error'; readonly error: string };
  /** For intervals: monotonic milliseconds, so that a clock that is put moves nothing. Else wall time. */
  due: number | undefined;
  /** Milliseconds that `splay` puts on top. */
  splay: number;
  /** Whether it is due, but waits for its range. */
  isHeld: boolean;
  runsOnStart: boolean;
  explicit: readonly number[];
  lastRun: number | undefined;
  skipped: { readonly reason: string; readonly at: number } | undefined;
  error: string | undefined;
}

interface State extends SchedulerOptions {
  jobs: Map<string, Job>;
  settings: ScheduleSettings;
  timer: Timer | undefined;
  /** The clocks at the last look, by which a jump of the wall clock shows. */
  last: { readonly wall: number; readonly monotonic: number };
}

/** Members of a schedule that are settings and no jobs. */
export const scheduleSettingKeys = new Set(['enabled', 'skip_function', 'skip_during_range', 'splay']);

// Looking so often notices a clock that was put before anything can be late by more.
const longestSleep = 30_000;
const jumpMilliseconds = 2000;
// A `when` or `once` that a busy machine reaches later than this has been missed, as in Salt.
const latestMilliseconds = 60_000;

/**
 * Creates a scheduler; nothing happens before the first {@link Scheduler.setJobs}. A clock put forward makes a job run
 * once at most, however many of its times went by; one put back makes times count again from there.
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const state: State = {
    ...options,
    jobs: new Map(),
    settings: { enabled: true, skipFunction: undefined, skipDuringRange: undefined, splay: undefined },
    timer: undefined,
    last: { wall: options.clock.now(), monotonic: options.clock.monotonic() },
  };
  return {
    setJobs: (schedule) => {
      setJobs(state, schedule);
      look(state);
    },
    runNow: (name) => {
      const job = state.jobs.get(name);
      if (job !== undefined) fire(state, job, undefined);
    },
    nextFireTime: (name) => {
      const job = state.jobs.get(name);
      return job && wallDue(state, job);
    },
    statusOf: (name) => statusOf(state, state.jobs.get(name)),
    stop: () => state.timer?.cancel(),
  };
}

function setJobs(state: State, schedule: Dict): void {
  const before = state.jobs;
  const splayBefore = pythonStr(state.settings.splay ?? null);
  state.settings = readSettings(schedule);
  const keepsSplay = splayBefore === pythonStr(state.settings.splay ?? null);
  state.jobs = new Map();
  for (const [key, definition] of schedule) {
    const name = pythonStr(key);
    if (scheduleSettingKeys.has(name) || !isDict(definition)) continue;
    const present = before.get(name);
    const job = createJob(state, name, definition, present);
    if (present !== undefined && keepsSplay && hasSameTimes(present.definition, definition)) {
      job.due = present.isHeld ? state.clock.monotonic() : present.due;
      job.splay = present.isHeld ? 0 : present.splay;
    }
    state.jobs.set(name, job);
  }
}

const timeKeys = 'seconds minutes hours days cron when once once_fmt splay'.split(' ');

function hasSameTimes(one: Dict, other: Dict): boolean {
  return timeKeys.every((key) => pythonStr(one.get(key) ?? null) === pythonStr(other.get(key) ?? null));
}

function readSettings(schedule: Dict): ScheduleSettings {
  const skipFunction = schedule.get('skip_function');
  return {
    enabled: schedule.get('enabled') !== false,
    skipFunction: typeof skipFunction === 'string' ? skipFunction : undefined,
    skipDuringRange: schedule.get('skip_during_range'),
    splay: schedule.get('splay'),
  };
}

function createJob(state: State, name: string, definition: Dict, before: Job | undefined): Job {
  const read = readTiming(name, definition, (text) => state.findWhen(text));
  const timing = typeof read === 'string' ? ({ kind: 'error', error: read } as const) : read;
  if (timing.kind === 'error' && before?.error !== timing.error) state.onError(name, timing.error);
  const job: Job = {
    name,
    definition,
    timing,
    due: undefined,
    splay: 0,
    isHeld: false,
    runsOnStart: definition.get('run_on_start') === true && before === undefined,
    explicit: readExplicit(definition.get('run_explicit')),
    lastRun: before?.lastRun,
    skipped: before?.skipped,
    error: timing.kind === 'error' ? timing.error : undefined,
  };
  // A date that a job is added within a second of still counts, as Salt's loop would find it.
  const now = state.clock.now();
  setDue(state, job, timing.kind === 'when' ? now - 1000 : now);
  if (timing.kind === 'once' && timing.at >= now - 1000) job.due = timing.at;
  return job;
}

/** Works out when a job is due next, after a moment of the wall clock. */
function setDue(state: State, job: Job, after: number): void {
  const { timing } = job;
  job.splay = 0;
  job.due = undefined;
  if (timing.kind === 'interval') job.due = state.clock.monotonic() + timing.milliseconds;
  if (timing.kind === 'cron') job.due = timing.times.next(after);
  if (timing.kind === 'when') job.due = nextWhen(timing.texts, after);
  job.splay = job.due === undefined ? 0 : drawSplay(state, job);
}

function drawSplay(state: State, { definition }: Job): number {
  const splay = definition.get('splay') ?? state.settings.splay;
  if (splay === undefined || splay === null) return 0;
  const first = isDict(splay) ? readCount(splay.get('start') ?? 0) : 1;
  const last = readCount(isDict(splay) ? (splay.get('end') ?? 0) : splay);
  if (first === undefined || last === undefined || last < first) return 0;
  return (first + Math.floor(state.random() * (last - first + 1))) * 1000;
}

/** Runs what is due and sleeps until something is. */
function look(state: State): void {
  state.timer?.cancel();
  const now = state.clock.now();
  followClock(state, now);
  for (const job of state.jobs.values()) lookAt(state, job, now);
  const next = Math.min(longestSleep, ...[...state.jobs.values()].flatMap((job) => timeLeft(state, job)));
  state.timer = state.clock.after(Math.max(0, next), () => look(state));
}

/** After a clock was put back, the times that lie ahead are other ones; a job that waits for its range asks again. */
function followClock(state: State, now: number): void {
  const monotonic = state.clock.monotonic();
  const jump = now - state.last.wall - (monotonic - state.last.monotonic);
  state.last = { wall: now, monotonic };
  if (Math.abs(jump) < jumpMilliseconds) return;
  for (const job of state.jobs.values()) {
    if (job.isHeld) job.due = monotonic;
    else if (jump < 0 && (job.timing.kind === 'cron' || job.timing.kind === 'when')) setDue(state, job, now);
  }
}

function timeLeft(state: State, job: Job): number[] {
  const now = state.clock.now();
  const due = job.due === undefined ? [] : [job.due + job.splay - clockOf(state, job)];
  return [...due, ...job.explicit.filter((at) => at > now).map((at) => at - now)];
}

function clockOf(state: State, { timing }: Job): number {
  return timing.kind === 'interval' ? state.clock.monotonic() : state.clock.now();
}

function wallDue(state: State, job: Job): number | undefined {
  if (job.due === undefined) return undefined;
  return Math.round(state.clock.now() + job.due + job.splay - clockOf(state, job));
}

function lookAt(state: State, job: Job, now: number): void {
  if (job.timing.kind === 'error') return;
  if (job.runsOnStart) {
    job.runsOnStart = false;
    // Only being switched off counts on start, as in Salt.
    if (isEnabled(state, job)) fire(state, job, undefined);
    else skip(job, 'disabled', now);
    return;
  }
  if (takeExplicit(job, now)) {
    decide(state, job, { now, dueAt: now });
    // As in Salt the interval counts from a run, whatever brought it about.
    if (job.timing.kind === 'interval') setDue(state, job, now);
    return;
  }
  const late = job.due === undefined ? -1 : clockOf(state, job) - (job.due + job.splay);
  if (late < 0) return;
  const again = isMissed(job, late) ? undefined : decide(state, job, { now, dueAt: now - late });
  job.isHeld = again !== undefined;
  if (again === undefined) setDue(state, job, now);
  else {
    job.splay = 0;
    job.due = clockOf(state, job) + again - now;
  }
}

function isMissed({ timing: { kind } }: Job, late: number): boolean {
  return (kind === 'when' || kind === 'once') && late > latestMilliseconds;
}

/** Whether a postponed run has come; times gone by are forgotten. */
function takeExplicit(job: Job, now: number): boolean {
  const come = job.explicit.filter((at) => at <= now);
  if (come.length === 0) return false;
  job.explicit = job.explicit.filter((at) => at > now);
  return come.some((at) => now - at <= latestMilliseconds);
}

function isEnabled({ settings }: State, { definition }: Job): boolean {
  return settings.enabled && definition.get('enabled') !== false;
}

function skip(job: Job, reason: string, now: number): void {
  job.skipped = { reason, at: now };
}

/** Runs a job that is due, unless something speaks against it; answers when to ask again for one that stays due. */
function decide(
  state: State,
  job: Job,
  { now, dueAt }: { readonly now: number; readonly dueAt: number },
): number | undefined {
  job.skipped = undefined;
  job.error = undefined;
  if (!isEnabled(state, job)) {
    skip(job, 'disabled', now);
    return undefined;
  }
  const asked = { name: job.name, job: job.definition, settings: state.settings, now, dueAt };
  const verdict = askGates(asked);
  switch (verdict.kind) {
    case 'error':
      job.error = verdict.error;
      state.onError(job.name, verdict.error);
      return undefined;
    case 'skip': {
      skip(job, verdict.reason, now);
      const after = runAfterSkipRange(asked);
      if (after !== undefined && !job.explicit.includes(after)) job.explicit = [...job.explicit, after];
      return job.timing.kind === 'interval' ? verdict.again : undefined;
    }
    case 'instead':
      fire(state, job, verdict.fun);
      return undefined;
    case 'run':
      fire(state, job, undefined);
      return undefined;
  }
}

function fire(state: State, job: Job, instead: string | undefined): void {
  const { definition, name } = job;
  const now = state.clock.now();
  const fun = instead ?? functionOf(definition);
  const most = readCount(definition.get('maxrunning') ?? 1) ?? 1;
  if (definition.get('jid_include') !== false && state.countRunning(name) >= most) {
    skip(job, 'maxrunning', now);
    return;
  }
  if (fun === '') {
    job.error = `Job ${name} names no function.`;
    state.onError(name, job.error);
    return;
  }
  job.lastRun = now;
  if (definition.get('dry_run') === true) return;
  state.run({ name, fun, ...argumentsOf(definition), definition });
}

function functionOf(definition: Dict): string {
  return pythonStr(definition.get('function') ?? definition.get('func') ?? definition.get('fun') ?? '');
}

function argumentsOf(definition: Dict): Pick<FiredJob, 'positional' | 'keyword'> {
  const args = definition.get('args') ?? [];
  const kwargs = definition.get('kwargs') ?? null;
  return { positional: Array.isArray(args) ? args : [args], keyword: isDict(kwargs) ? kwargs : new Map() };
}

function statusOf(state: State, job: Job | undefined): Dict {
  const status: Dict = new Map();
  if (job === undefined) return status;
  for (const [key, value] of job.definition) status.set(key, value);
  status.set('name', status.get('name') ?? job.name);
  const due = wallDue(state, job);
  const time = (at: number | undefined): Value => (at === undefined ? null : formatScheduleTime(at));
  status.set('_next_fire_time', time(due));
  status.set('_next_scheduled_fire_time', time(due === undefined ? undefined : due - job.splay));
  status.set('_splay', job.splay === 0 ? null : time(due));
  if (job.timing.kind === 'interval') status.set('_seconds', job.timing.milliseconds / 1000);
  if (job.lastRun !== undefined) status.set('_last_run', formatScheduleTime(job.lastRun));
  if (job.error !== undefined) status.set('_error', job.error);
  if (job.skipped !== undefined) {
    status.set('_skip_reason', job.skipped.reason);
    status.set('_skipped', true);
    status.set('_skipped_time', formatScheduleTime(job.skipped.at));
  }
  return status;
}
