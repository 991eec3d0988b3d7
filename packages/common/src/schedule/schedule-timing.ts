import { pythonStr } from '../python-repr.ts';
import { Float, isDict, type Dict, type Value } from '../value.ts';
import { parseCron, type CronTimes } from './cron-times.ts';
import { parseDateText } from './parse-date-text.ts';
import { parseTimeFormat, scheduleTimeFormat } from './parse-time-format.ts';

/** When a scheduled job is due. */
export type ScheduleTiming =
  | { readonly kind: 'interval'; readonly milliseconds: number }
  | { readonly kind: 'cron'; readonly times: CronTimes }
  | { readonly kind: 'when'; readonly texts: readonly string[] }
  | { readonly kind: 'once'; readonly at: number }
  /** Nothing says when: it runs when it is asked to, or on start. */
  | { readonly kind: 'never' };

const timeUnits = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;

/** Reads when a job is due; a text says what is wrong with it. `named` are the pillar's or grains' `whens`. */
export function readTiming(
  name: string,
  job: Dict,
  named: (text: string) => Value | undefined,
): ScheduleTiming | string {
  const units = Object.keys(timeUnits).filter((unit) => job.has(unit));
  const forms = ['when', 'cron', 'once'].filter((form) => job.has(form));
  if (forms.length > 1) return `Unable to use "${forms.join('", "')}" options together. Ignoring job ${name}.`;
  if (units.length > 0 && forms.length > 0) {
    return `Unable to use "${units.join('", "')}" with "${forms.join('", "')}" options. Ignoring job ${name}.`;
  }
  if (units.length > 0) return readInterval(name, job);
  if (job.has('cron')) return readCron(name, job);
  if (job.has('when')) return readWhen(name, job.get('when') ?? null, named);
  if (job.has('once')) return readOnce(name, job);
  return { kind: 'never' };
}

function readInterval(name: string, job: Dict): ScheduleTiming | string {
  let total = 0;
  for (const [unit, size] of Object.entries(timeUnits)) {
    const count = readCount(job.get(unit) ?? 0);
    if (count === undefined) return `Invalid ${unit} ${pythonStr(job.get(unit) ?? null)}. Ignoring job ${name}.`;
    total += count * size;
  }
  return total > 0
    ? { kind: 'interval', milliseconds: total * 1000 }
    : `An interval of 0 seconds. Ignoring job ${name}.`;
}

/** A whole number out of what YAML or a command line gives; a fraction is cut off. */
export function readCount(value: Value): number | undefined {
  const number = value instanceof Float ? value.value : Number(typeof value === 'string' ? value.trim() || 'x' : value);
  return Number.isFinite(number) && number >= 0 && typeof value !== 'boolean' ? Math.trunc(number) : undefined;
}

function readCron(name: string, job: Dict): ScheduleTiming | string {
  const times = parseCron(pythonStr(job.get('cron') ?? ''));
  return times === undefined ? `Invalid cron string. Ignoring job ${name}.` : { kind: 'cron', times };
}

function readWhen(name: string, given: Value, named: (text: string) => Value | undefined): ScheduleTiming | string {
  const texts: string[] = [];
  for (const item of Array.isArray(given) ? given : [given]) {
    const text = pythonStr(named(pythonStr(item)) ?? item);
    if (parseDateText(text, 0) === undefined) return `Invalid date string ${pythonStr(item)}. Ignoring job ${name}.`;
    texts.push(text);
  }
  return { kind: 'when', texts };
}

function readOnce(name: string, job: Dict): ScheduleTiming | string {
  const text = pythonStr(job.get('once') ?? '');
  const format = pythonStr(job.get('once_fmt') ?? scheduleTimeFormat);
  // YAML writes a moment with a blank as well; Salt's loader makes a date of that.
  const at = parseTimeFormat(text, format) ?? (job.has('once_fmt') ? undefined : parseDateText(text, 0));
  if (at !== undefined) return { kind: 'once', at };
  return `Date string could not be parsed: ${text}, ${format}. Ignoring job ${name}.`;
}

const day = 86_400_000;

/** The first of some date texts after a moment: each is read on that day and those that follow. */
export function nextWhen(texts: readonly string[], after: number): number | undefined {
  const found = texts.flatMap((text) => {
    for (let days = 0; days <= 7; days += 1) {
      const at = parseDateText(text, after + days * day);
      if (at !== undefined && at > after) return [at];
    }
    return [];
  });
  return found.length === 0 ? undefined : Math.min(...found);
}

/** A span of time of day or of dates, such as `range: {start: 8:00am, end: 5:00pm}`. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
  readonly invert: boolean;
}

/** Reads a range on the day of `now`; a text says what is wrong with it. */
export function readRange(key: string, name: string, given: Value, now: number): TimeRange | string {
  const range = Array.isArray(given) ? mergeDicts(given) : given;
  if (!isDict(range)) {
    return `schedule.handle_func: Invalid, range must be specified as a dictionary. Ignoring job ${name}.`;
  }
  const start = parseDateText(pythonStr(range.get('start') ?? ''), now);
  const end = parseDateText(pythonStr(range.get('end') ?? ''), now);
  const where = key === 'range' ? '' : ` in ${key}`;
  if (start === undefined) return `Invalid date string for start${where}. Ignoring job ${name}.`;
  if (end === undefined) return `Invalid date string for end${where}. Ignoring job ${name}.`;
  if (end <= start) {
    return `schedule.handle_func: Invalid range, end must be larger than start. Ignoring job ${name}.`;
  }
  return { start, end, invert: range.get('invert') === true };
}

/** States write a mapping as a list of one-key mappings too. */
function mergeDicts(items: readonly Value[]): Value {
  return items.every(isDict) ? new Map(items.flatMap((item) => [...(item as Dict)])) : [...items];
}
