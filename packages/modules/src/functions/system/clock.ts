import type { Plain } from '@brine/common';
import { z } from 'zod';
import { integer, optional, text } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { formatTime } from '../format-time.ts';
import { complaint, runProgram } from '../run-program.ts';

const offset = optional(text()).describe('Offset from UTC, e.g. `+0200`; that of the machine unless given.');

export const getSystemTime = clockFunction('system.get_system_time', 'The time of day.', '%I:%M:%S %p');
export const getSystemDate = clockFunction('system.get_system_date', 'The date.', '%a %m/%d/%Y');
export const getSystemDateTime = clockFunction('system.get_system_date_time', 'Date and time.', '%Y-%m-%d %H:%M:%S');

function clockFunction(name: string, summary: string, format: string) {
  return defineFunction({
    name,
    summary,
    args: z.object({ utc_offset: offset }),
    examples: [`'*' ${name}`, `'*' ${name} "'-0500'"`],
    run: ({ utc_offset: shift }) => formatTime(wallClock(shift), format),
  });
}

/** The moment, moved so that its local reading is that of the offset. */
function wallClock(shift: string | undefined): Date {
  const now = new Date();
  if (shift === undefined) return now;
  return new Date(now.getTime() + (minutesOf(shift) + now.getTimezoneOffset()) * 60_000);
}

function minutesOf(shift: string): number {
  const [, sign = '', hours = '', minutes = ''] = /^([+-]?)(\d\d?)(\d\d)$/.exec(shift) ?? [];
  if (hours === '') throw failure('Invalid UTC offset');
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

export const setSystemTime = defineFunction({
  name: 'system.set_system_time',
  summary: 'Sets the time of day; false for what is no time.',
  args: z.object({ newtime: text().describe('Such as `11:20`, `11:20:05` or `11:20 PM`.'), utc_offset: offset }),
  examples: ["'*' system.set_system_time 11:20", "'*' system.set_system_time '11:20 PM'"],
  run({ newtime, utc_offset: shift }, context) {
    const [, hour = '', minutes = '', seconds = '0', half] =
      /^(\d\d?):(\d\d)(?::(\d\d))?(?: (AM|PM))?$/i.exec(newtime.trim()) ?? [];
    const limit = half === undefined ? 23 : 12;
    if (hour === '' || Number(hour) > limit || Number(minutes) > 59 || Number(seconds) > 61) return false;
    const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toUpperCase() === 'PM' ? 12 : 0);
    return setClock({ hours, minutes: Number(minutes), seconds: Number(seconds) }, shift, context);
  },
});

export const setSystemDate = defineFunction({
  name: 'system.set_system_date',
  summary: 'Sets the date.',
  args: z.object({ newdate: text().describe('Such as `2014-03-28` or `03/28/2014`.'), utc_offset: offset }),
  examples: ["'*' system.set_system_date '03-28-13'"],
  run({ newdate, utc_offset: shift }, context) {
    const date = readDate(newdate.trim());
    if (date === undefined) throw failure('Invalid date format');
    return setClock(date, shift, context);
  },
});

interface CalendarDate {
  readonly years: number;
  readonly months: number;
  readonly days: number;
}

function readDate(text: string): CalendarDate | undefined {
  const iso = /^(\d{4})[-/](\d\d?)[-/](\d\d?)$/.exec(text);
  const american = /^(\d\d?)([-/])(\d\d?)\2(\d{4}|\d\d)$/.exec(text);
  if (iso !== null) return checkDate({ years: Number(iso[1]), months: Number(iso[2]), days: Number(iso[3]) });
  if (american === null) return undefined;
  const year = Number(american[4]);
  const years = year > 99 ? year : year < 69 ? 2000 + year : 1900 + year;
  return checkDate({ years, months: Number(american[1]), days: Number(american[3]) });
}

function checkDate(date: CalendarDate): CalendarDate | undefined {
  const { years, months, days } = date;
  const read = new Date(Date.UTC(years, months - 1, days));
  return read.getUTCMonth() === months - 1 && read.getUTCDate() === days ? date : undefined;
}

export const setSystemDateTime = defineFunction({
  name: 'system.set_system_date_time',
  summary: 'Sets parts of date and time.',
  args: z.object({
    years: optional(integer()).describe('The year.'),
    months: optional(integer()).describe('The month.'),
    days: optional(integer()).describe('The day of the month.'),
    hours: optional(integer()).describe('The hour.'),
    minutes: optional(integer()).describe('The minute.'),
    seconds: optional(integer()).describe('The second.'),
    utc_offset: offset,
  }),
  examples: ["'*' system.set_system_date_time 2015 5 12 11 37 53 \"'-0500'\""],
  run: ({ utc_offset: shift, ...parts }, context) => setClock(parts, shift, context),
});

type Parts = { readonly [part in 'years' | 'months' | 'days' | 'hours' | 'minutes' | 'seconds']?: number | undefined };

async function setClock(parts: Parts, shift: string | undefined, context: FunctionContext): Promise<Plain> {
  const wanted = combine(parts, wallClock(shift));
  if (wanted === undefined) throw failure('There is no such date or time.');
  const utc =
    shift === undefined
      ? wanted
      : new Date(wanted.getTime() - (minutesOf(shift) + wanted.getTimezoneOffset()) * 60_000);
  const result = await runProgram(context, ['date', '--utc', `--set=@${Math.floor(utc.getTime() / 1000)}`], {
    timeout: 60_000,
  });
  if (result.exitCode !== 0) throw failure(`date failed: ${complaint(result)}`);
  if (!(await hasClock(context))) return true;
  const written = await runProgram(context, ['hwclock', '--systohc'], { timeout: 60_000 });
  if (written.exitCode !== 0)
    throw failure(`hwclock failed to set hardware clock from software clock: ${complaint(written)}`);
  return true;
}

/** A moment with parts of it replaced; `undefined` when there is no such date or time. */
function combine(parts: Parts, now: Date): Date | undefined {
  const fields = [
    parts.years ?? now.getFullYear(),
    parts.months ?? now.getMonth() + 1,
    parts.days ?? now.getDate(),
    parts.hours ?? now.getHours(),
    parts.minutes ?? now.getMinutes(),
    parts.seconds ?? now.getSeconds(),
  ] as const;
  const [years, months, ...rest] = fields;
  const moment = new Date(years, months - 1, ...rest);
  const read = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate(), moment.getHours(), moment.getMinutes()];
  return read.every((field, index) => field === fields[index]) ? moment : undefined;
}

export const hasSettableHwclock = defineFunction({
  name: 'system.has_settable_hwclock',
  summary: 'Whether the machine has a hardware clock that can be set.',
  args: z.object({}),
  examples: ["'*' system.has_settable_hwclock"],
  run: (_args, context) => hasClock(context),
});

async function hasClock({ host, signal }: FunctionContext): Promise<boolean> {
  if ((await host.which('hwclock')) === undefined) return false;
  const command = ['hwclock', '--test', '--systohc'];
  return (await host.inspect({ command, signal, timeout: 60_000 })).exitCode === 0;
}
