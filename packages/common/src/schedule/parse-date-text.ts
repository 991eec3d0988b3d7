/** What a text says of a date; members it leaves open come from the day it is read on. */
interface DateParts {
  year: number;
  month: number;
  day: number;
  weekday: number | undefined;
}

interface TimeParts {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** Minutes east of Greenwich; local time when absent. */
  readonly zone: number | undefined;
}

const monthNames = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const monthWord =
  /^(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?)$/;
const weekdayNames = 'sun mon tue wed thu fri sat'.split(' ');
const weekdayWord = /^(sun(day)?|mon(day)?|tue(s|sday)?|wed(nesday)?|thu(r|rs|rsday)?|fri(day)?|sat(urday)?)$/;
const fillers = new Set(['at', 'on', 'of', 'and', 'the', 'st', 'nd', 'rd', 'th']);

const clockTime =
  /(?:^|[\st,])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6}))?)?\s*([ap]m?\b)?\s*(z|utc|gmt|[+-]\d{2}:?\d{2})?(?=$|[\s,])/;
const hourTime = /(?:^|[\s,])(\d{1,2})\s*([ap]m?)(?=$|[\s,])/;
const compactTime = /(\d{8})t(\d{2})(\d{2})(\d{2})?(z)?$/;

/**
 * Reads a date as people write it, the way Python's dateutil does: `2026-01-31T17:00:00`, `January 31, 2026 5:00pm`,
 * `1/31/2026 17:00`, `Monday 5pm`, `17:30`. What the text leaves open is taken from the local day of `base`; a weekday
 * alone is the next such day, that day included. Milliseconds since the Unix epoch, or `undefined` for what is no date.
 */
export function parseDateText(text: string, base: number): number | undefined {
  const lowered = text.trim().toLowerCase();
  if (lowered === '') return undefined;
  const { time, rest } = takeTime(lowered.replace(compactTime, '$1 $2:$3:$4').replace(/:(?=$|\s)/, ':00'));
  const today = new Date(base);
  const date: DateParts = {
    year: today.getFullYear(),
    month: today.getMonth() + 1,
    day: today.getDate(),
    weekday: undefined,
  };
  if (time === null || !readDate(rest, date)) return undefined;
  return toMoment(date, time ?? { hour: 0, minute: 0, second: 0, millisecond: 0, zone: undefined });
}

/** The time in a text and what is left of it; `null` for a time that does not exist. */
function takeTime(text: string): { readonly time: TimeParts | undefined | null; readonly rest: string } {
  const found = clockTime.exec(text);
  if (found !== null) {
    const [, hour, minute, second, fraction, half, zone] = found;
    const hours = toHour(Number(hour), half);
    const parts = {
      hour: hours ?? -1,
      minute: Number(minute),
      second: Number(second ?? 0),
      millisecond: Math.trunc(Number(`0.${fraction ?? 0}`) * 1000),
      zone: zone === undefined ? undefined : toZone(zone),
    };
    const isReal = hours !== undefined && parts.minute < 60 && parts.second < 60;
    return { time: isReal ? parts : null, rest: without(text, found) };
  }
  const onlyHour = hourTime.exec(text);
  if (onlyHour === null) return { time: undefined, rest: text };
  const hour = toHour(Number(onlyHour[1]), onlyHour[2]);
  const time = hour === undefined ? null : { hour, minute: 0, second: 0, millisecond: 0, zone: undefined };
  return { time, rest: without(text, onlyHour) };
}

function without(text: string, found: RegExpExecArray): string {
  return `${text.slice(0, found.index)} ${text.slice(found.index + found[0].length)}`;
}

function toHour(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour < 24 ? hour : undefined;
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half.startsWith('p') ? 12 : 0);
}

function toZone(zone: string): number {
  const found = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (found === null) return 0;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  return found[1] === '-' ? -minutes : minutes;
}

const numericForms: readonly {
  readonly form: RegExp;
  readonly order: readonly ('year' | 'month' | 'day')[];
}[] = [
  { form: /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/, order: ['year', 'month', 'day'] },
  { form: /^(\d{4})(\d{2})(\d{2})$/, order: ['year', 'month', 'day'] },
  { form: /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{2,4})$/, order: ['month', 'day', 'year'] },
  { form: /^(\d{4})[-/](\d{1,2})$/, order: ['year', 'month'] },
  { form: /^(\d{1,2})[-/](\d{1,2})$/, order: ['month', 'day'] },
];

function readDate(text: string, date: DateParts): boolean {
  const numbers: string[] = [];
  for (const word of text.split(/[\s,]+/).filter((part) => part !== '' && part !== 't')) {
    if (!readWord(word.replace(/\.$/, ''), date, numbers)) return false;
  }
  if (!readNumbers(numbers, date)) return false;
  return date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= daysIn(date.year, date.month);
}

function readWord(word: string, date: DateParts, numbers: string[]): boolean {
  for (const { form, order } of numericForms) {
    const found = form.exec(word);
    if (found === null) continue;
    for (const [index, part] of order.entries()) date[part] = Number(found[index + 1]);
    // A first number that is no month is the day, as dateutil reads `31/1/2026`.
    if (order[0] === 'month' && date.month > 12) [date.month, date.day] = [date.day, date.month];
    date.year = wholeYear(date.year);
    return true;
  }
  if (monthWord.test(word)) {
    date.month = monthNames.indexOf(word.slice(0, 3)) + 1;
    return true;
  }
  if (weekdayWord.test(word)) {
    date.weekday = weekdayNames.indexOf(word.slice(0, 3));
    return true;
  }
  const number = /^(\d{1,4})(st|nd|rd|th)?$/.exec(word);
  if (number !== null) numbers.push(number[1] ?? '');
  return number !== null || fillers.has(word);
}

/** Numbers that stand alone beside the name of a month: the day, and the year. */
function readNumbers(numbers: readonly string[], date: DateParts): boolean {
  const year = numbers.find((number) => number.length > 2);
  const [day, second, ...more] = numbers.filter((number) => number !== year);
  if (day !== undefined) date.day = Number(day);
  const last = year ?? second;
  if (last !== undefined) date.year = wholeYear(Number(last));
  return more.length === 0 && (year === undefined || second === undefined);
}

function wholeYear(year: number): number {
  return year < 100 ? 2000 + year : year;
}

function daysIn(year: number, month: number): number {
  return new Date(year, month, 0).getDate();
}

function toMoment({ year, month, day, weekday }: DateParts, time: TimeParts): number {
  const { hour, minute, second, millisecond, zone } = time;
  const shift = weekday === undefined ? 0 : (weekday - new Date(year, month - 1, day).getDay() + 7) % 7;
  if (zone === undefined) {
    return new Date(year, month - 1, day + shift, hour, minute, second, millisecond).getTime();
  }
  return Date.UTC(year, month - 1, day + shift, hour, minute - zone, second, millisecond);
}
