import { formatTime } from '../formatting/format-time.ts';
import { toTextArgument } from '../runtime/argument-values.ts';
import { routine, type Routine } from '../runtime/routine.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { fault } from '../template-fault.ts';
import { isNumeric, toNumber } from '../values/numbers.ts';
import { parseFloatText } from '../values/parse-number.ts';
import { toText } from '../values/python-text.ts';
import { Undefined, type RuntimeValue } from '../values/runtime-value.ts';

const dateText =
  /^(?<year>\d{4})[-/](?<month>\d{1,2})[-/](?<day>\d{1,2})(?:[T ](?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.\d+)?)?(?<zone>Z|[+-]\d{2}:?\d{2})?)?$/;

function parseDate(text: string, now: Date): Date | undefined {
  const offset = { now: 0, today: 0, tomorrow: 1, yesterday: -1 }[text.toLowerCase()];
  if (offset !== undefined) {
    const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + offset);
    return text.toLowerCase() === 'now' ? now : day;
  }
  const groups = dateText.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const part = (name: string): number => Number(groups[name] ?? 0);
  const parts = [part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')] as const;
  const zone = groups['zone'];
  return zone === undefined ? new Date(...parts) : new Date(Date.UTC(...parts) - zoneOffset(zone));
}

function zoneOffset(zone: string): number {
  if (zone === 'Z') return 0;
  const digits = zone.replace(':', '');
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
  return (digits.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** A Unix time as number or text, or a date as text; without one the current time. */
function toDate(value: RuntimeValue, runtime: Runtime): Date {
  if (value === null) return runtime.now();
  if (value instanceof Undefined) value.fail();
  const text = toText(value).trim();
  const seconds = isNumeric(value) ? toNumber(value) : parseFloatText(text);
  const date = seconds === undefined ? parseDate(text, runtime.now()) : new Date(seconds * 1000);
  if (date === undefined || Number.isNaN(date.getTime())) throw fault(`Unable to parse ${text}`);
  return date;
}

const strftime: Routine['run'] = (value, [format], runtime) =>
  formatTime(toDate(value, runtime), toTextArgument(format, '%Y-%m-%d'));

export const timeFilters: readonly Routine[] = [
  routine('strftime', 'format?', strftime),
  routine('date_format', 'format?', strftime),
];
