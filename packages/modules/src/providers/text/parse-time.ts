import { toWallTime, type WallTime } from '../timezone/wall-clock.ts';
import { escapeRegex } from './python-regex.ts';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

type Fields = Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'afternoon' | 'dayOfYear', number>;

const letters: Readonly<Record<string, readonly [string, (text: string) => Partial<Fields>]>> = {
  Y: ['\\d{4}', (text) => ({ year: Number(text) })],
  y: ['\\d\\d', (text) => ({ year: Number(text) + (Number(text) > 68 ? 1900 : 2000) })],
  m: ['1[0-2]|0[1-9]|[1-9]', (text) => ({ month: Number(text) })],
  d: ['3[01]|[12]\\d|0[1-9]|[1-9]', (text) => ({ day: Number(text) })],
  H: ['2[0-3]|[01]\\d|\\d', (text) => ({ hour: Number(text) })],
  I: ['1[0-2]|0[1-9]|[1-9]', (text) => ({ hour: Number(text) % 12 })],
  p: ['AM|PM', (text) => ({ afternoon: text.toUpperCase() === 'PM' ? 12 : 0 })],
  M: ['[0-5]\\d|\\d', (text) => ({ minute: Number(text) })],
  S: ['6[01]|[0-5]\\d|\\d', (text) => ({ second: Number(text) })],
  f: ['\\d{1,6}', () => ({})],
  j: ['36[0-6]|3[0-5]\\d|[12]\\d\\d|0\\d\\d|\\d{1,2}', (text) => ({ dayOfYear: Number(text) })],
  b: [months.join('|'), (text) => ({ month: months.indexOf(text.toLowerCase()) + 1 })],
  B: [
    'january|february|march|april|may|june|july|august|september|october|november|december',
    (text) => ({ month: months.indexOf(text.slice(0, 3).toLowerCase()) + 1 }),
  ],
  a: ['mon|tue|wed|thu|fri|sat|sun', () => ({})],
  A: ['monday|tuesday|wednesday|thursday|friday|saturday|sunday', () => ({})],
  z: ['[+-]\\d\\d:?\\d\\d|Z', () => ({})],
};

/** Reads a text of the form that strptime(3) takes; `undefined` when it has another form or names no day there is. */
export function parseTime(text: string, format: string): WallTime | undefined {
  const readers: ((text: string) => Partial<Fields>)[] = [];
  const pattern = format.replace(/%(.)|\s+|[^%\s]+/g, (whole, letter: string | undefined) => {
    if (letter === undefined) return /^\s/.test(whole) ? '\\s+' : escapeRegex(whole);
    if (letter === '%') return '%';
    const [shape, read] = letters[letter] ?? ['(?!)', () => ({})];
    readers.push(read);
    return `(${shape})`;
  });
  const match = new RegExp(`^${pattern}$`, 'i').exec(text);
  if (match === null) return undefined;
  let fields: Partial<Fields> = {};
  for (const [index, read] of readers.entries()) fields = { ...fields, ...read(match[index + 1] ?? '') };
  return toTime(fields);
}

const noFields: Omit<Fields, 'dayOfYear'> = {
  ...{ year: 1900, month: 1, day: 1, hour: 0, minute: 0, second: 0, afternoon: 0 },
};

function toTime(fields: Partial<Fields>): WallTime | undefined {
  const { year, month, day, hour, minute, second, afternoon } = { ...noFields, ...fields };
  const isNumbered = fields.dayOfYear !== undefined;
  const date = new Date(Date.UTC(year, isNumbered ? 0 : month - 1, fields.dayOfYear ?? day));
  if (!isNumbered && (date.getUTCDate() !== day || date.getUTCMonth() !== month - 1)) return undefined;
  const named = { year, month: date.getUTCMonth() + 1, day: date.getUTCDate(), hour: hour + afternoon };
  return toWallTime(named, date.getTime() + (hour + afternoon) * 3_600_000 + minute * 60_000 + second * 1000);
}
