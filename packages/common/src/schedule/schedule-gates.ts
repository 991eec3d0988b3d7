import { pythonStr } from '../python-repr.ts';
import { isDict, type Dict, type Value } from '../value.ts';
import { parseDateText } from './parse-date-text.ts';
import { parseTimeFormat, scheduleTimeFormat } from './parse-time-format.ts';
import { readRange } from './schedule-timing.ts';

/** What holds a due job back, and what happens instead. */
export type GateVerdict =
  | { readonly kind: 'run' }
  /** Another function runs in its place (`skip_function`). */
  | { readonly kind: 'instead'; readonly fun: string }
  /** It does not run. It is asked again at `again`, when that is given, for it stays due until then: Salt's `range`. */
  | { readonly kind: 'skip'; readonly reason: string; readonly again: number | undefined }
  | { readonly kind: 'error'; readonly error: string };

/** What the whole schedule says beside its jobs. */
export interface ScheduleSettings {
  readonly enabled: boolean;
  readonly skipFunction: string | undefined;
  readonly skipDuringRange: Value | undefined;
  readonly splay: Value | undefined;
}

// How long after its time a skipped or postponed run still counts as that run.
const explicitMilliseconds = 1000;

/** A job that is due, and when. */
export interface Asked {
  readonly name: string;
  readonly job: Dict;
  readonly settings: ScheduleSettings;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** When it was to run; a busy machine comes to it a little later. */
  readonly dueAt: number;
}

/** Asks what a job and the schedule say about running now: ranges, explicit skips, `until` and `after`. */
export function askGates(asked: Asked): GateVerdict {
  for (const gate of [askRange, askSkipRange, askSkipExplicit, askUntil, askAfter]) {
    const verdict = gate(asked);
    if (verdict !== undefined) return verdict;
  }
  return { kind: 'run' };
}

type Gate = (asked: Asked) => GateVerdict | undefined;

function skip(reason: string, again?: number): GateVerdict {
  return { kind: 'skip', reason, again };
}

const askRange: Gate = ({ name, job, settings, now }) => {
  if (!job.has('range')) return undefined;
  const range = readRange('range', name, job.get('range') ?? null, now);
  if (typeof range === 'string') return { kind: 'error', error: range };
  if (range.invert) return now <= range.start || now >= range.end ? undefined : skip('in_skip_range', range.end);
  if (now >= range.start && now <= range.end) return undefined;
  if (settings.skipFunction !== undefined) return instead(settings.skipFunction);
  return skip('not_in_range', now < range.start ? range.start : nextDay(now));
};

/** A range is read anew each day. */
function nextDay(now: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
}

const askSkipRange: Gate = ({ name, job, settings, now }) => {
  const given = job.get('skip_during_range') ?? settings.skipDuringRange;
  if (given === undefined || given === null) return undefined;
  const range = readRange('skip_during_range', name, given, now);
  if (typeof range === 'string') return { kind: 'error', error: range };
  if (now < range.start || now > range.end) return undefined;
  return settings.skipFunction === undefined ? skip('in_skip_range') : instead(settings.skipFunction);
};

const askSkipExplicit: Gate = ({ job, settings, dueAt }) => {
  const isSkipped = readExplicit(job.get('skip_explicit')).some(
    (at) => dueAt >= at && dueAt <= at + explicitMilliseconds,
  );
  if (!isSkipped) return undefined;
  return settings.skipFunction === undefined ? skip('skip_explicit') : instead(settings.skipFunction);
};

const askUntil: Gate = (asked) => askMoment(asked, 'until', (at) => (at <= asked.now ? 'until_passed' : undefined));

const askAfter: Gate = (asked) => askMoment(asked, 'after', (at) => (at >= asked.now ? 'after_not_passed' : undefined));

function askMoment(
  { name, job, now }: Asked,
  key: string,
  judge: (at: number) => string | undefined,
): GateVerdict | undefined {
  if (!job.has(key)) return undefined;
  const at = parseDateText(pythonStr(job.get(key) ?? ''), now);
  if (at === undefined) return { kind: 'error', error: `Invalid date string for ${key}. Ignoring job ${name}.` };
  const reason = judge(at);
  return reason === undefined ? undefined : skip(reason);
}

function instead(fun: string): GateVerdict {
  return { kind: 'instead', fun };
}

/** The moments of `run_explicit` or `skip_explicit`: texts, or mappings with `time` and `time_fmt`. */
export function readExplicit(given: Value | undefined): readonly number[] {
  if (!Array.isArray(given)) return [];
  return given.flatMap((item) => {
    const text = pythonStr(isDict(item) ? (item.get('time') ?? '') : item);
    const format = isDict(item) ? pythonStr(item.get('time_fmt') ?? scheduleTimeFormat) : scheduleTimeFormat;
    const at = parseTimeFormat(text, format);
    return at === undefined ? [] : [at];
  });
}

/** The end of the range a job is kept from running in, when it is to run right after (`run_after_skip_range`). */
export function runAfterSkipRange({ name, job, settings, now }: Asked): number | undefined {
  if (job.get('run_after_skip_range') !== true) return undefined;
  const given = job.get('skip_during_range') ?? settings.skipDuringRange ?? null;
  const range = readRange('skip_during_range', name, given, now);
  return typeof range === 'string' ? undefined : range.end + explicitMilliseconds;
}
