/** The times of a cron line. */
export interface CronTimes {
  /** The first time after a moment, in local time; both milliseconds since the Unix epoch. `undefined` for never. */
  next(after: number): number | undefined;
}

interface Field {
  readonly values: ReadonlySet<number>;
  /** Whether the field is `*`, so that it does not narrow anything. */
  readonly isAny: boolean;
}

interface Fields {
  readonly second: Field;
  readonly minute: Field;
  readonly hour: Field;
  readonly day: Field;
  readonly month: Field;
  readonly weekday: Field;
  readonly isLastDay: boolean;
  /** Weekday → which of them in the month, from `fri#2`; 0 is the last one, from `l5`. */
  readonly nth: ReadonlyMap<number, ReadonlySet<number>>;
}

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const weekdays = 'sun mon tue wed thu fri sat'.split(' ');

const aliases: Readonly<Record<string, string>> = {
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

// A 29th of February can be eight years away.
const mostDays = 366 * 9;

/**
 * Reads a cron line of five fields, or of six with seconds last, as croniter does: names, ranges, steps, lists, `l` for
 * the last day of a month, `fri#2`, `l5` for the last Friday, and `@daily` and its kin. `undefined` for a line that is
 * not one. When clocks are put forward, times that do not exist are made up for right after; when they are put back, a
 * line with `*` for its hours runs in both hours, any other in the first.
 */
export function parseCron(line: string): CronTimes | undefined {
  const words = (aliases[line.trim().toLowerCase()] ?? line).trim().toLowerCase().split(/\s+/);
  const fields = words.length === 5 || words.length === 6 ? readFields(words) : undefined;
  return fields && { next: (after) => findNext(fields, after) };
}

function readFields([minute, hour, day, month, weekday, second = '0']: readonly string[]): Fields | undefined {
  const nth = new Map<number, Set<number>>();
  const dayWords = (day ?? '').split(',');
  const plainDays = dayWords.filter((word) => word !== 'l');
  const weekdayWords = (weekday ?? '').split(',').filter((word) => !readNth(word, nth));
  const read = {
    second: readField(second, [0, 59]),
    minute: readField(minute, [0, 59]),
    hour: readField(hour, [0, 23]),
    day: plainDays.length === 0 ? nothing : readField(plainDays.join(','), [1, 31]),
    month: readField(month, [1, 12], months),
    weekday: weekdayWords.length === 0 ? nothing : readField(weekdayWords.join(','), [0, 7], weekdays),
  };
  if (Object.values(read).includes(undefined)) return undefined;
  const { weekday: found, ...others } = read as Record<keyof typeof read, Field>;
  const sunday = found.values.has(7) ? new Set([...found.values, 0]) : found.values;
  return { ...others, weekday: { ...found, values: sunday }, isLastDay: dayWords.includes('l'), nth };
}

const nothing: Field = { values: new Set(), isAny: false };

function readNth(word: string, nth: Map<number, Set<number>>): boolean {
  const found = /^(?:([a-z]{3}|[0-7])#([1-5])|l([a-z]{3}|[0-7]))$/.exec(word);
  const weekday = found === null ? undefined : readNumber(found[1] ?? found[3] ?? '', weekdays, 0);
  if (found === null || weekday === undefined) return false;
  const present = nth.get(weekday % 7) ?? new Set();
  nth.set(weekday % 7, present.add(Number(found[2] ?? 0)));
  return true;
}

function readField(
  text: string | undefined,
  [least, most]: readonly [number, number],
  names: readonly string[] = [],
): Field | undefined {
  const values = new Set<number>();
  const base = least === 1 && names.length > 0 ? 1 : 0;
  for (const part of (text ?? '').split(',')) {
    const found = /^(\*|\?|[a-z]{3}|\d{1,2})(?:-([a-z]{3}|\d{1,2}))?(?:\/(\d{1,2}))?$/.exec(part);
    if (found === null) return undefined;
    const range = readRange(found, { names, base }, [least, most]);
    if (range === undefined) return undefined;
    addRange(values, range, [least, most]);
  }
  return { values, isAny: text === '*' || text === '?' };
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

function readRange(
  found: RegExpExecArray,
  { names, base }: { readonly names: readonly string[]; readonly base: number },
  [least, most]: readonly [number, number],
): Range | undefined {
  const [first, last, step] = [String(found[1]), found[2], found[3]];
  const isAny = '*?'.includes(first);
  const from = isAny ? least : readNumber(first, names, base);
  const isOpen = isAny || step !== undefined;
  const to = readNumber(last ?? (isOpen ? String(most) : first), names, base);
  if (from === undefined || to === undefined) return undefined;
  const every = Number(step ?? 1);
  return every > 0 && from >= least && to <= most ? { from, to, step: every } : undefined;
}

/** A range that ends before it begins goes around, as `22-2` of hours does. */
function addRange(values: Set<number>, { from, to, step }: Range, [least, most]: readonly [number, number]): void {
  const size = most - least + 1;
  const end = to < from ? to + size : to;
  for (let value = from; value <= end; value += step) values.add(value > most ? value - size : value);
}

function readNumber(text: string, names: readonly string[], base: number): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const index = names.indexOf(text);
  return index === -1 ? undefined : index + base;
}

function findNext(fields: Fields, after: number): number | undefined {
  const start = new Date(after);
  const day = new Date(start.getFullYear(), start.getMonth(), start.getDate());
  for (let count = 0; count < mostDays; count += 1) {
    if (matchesDay(fields, day)) {
      const found = firstOfDay(fields, day, after);
      if (found !== undefined) return found;
    }
    day.setDate(day.getDate() + 1);
  }
  return undefined;
}

function matchesDay({ month, day, weekday, isLastDay, nth }: Fields, date: Date): boolean {
  if (!month.values.has(date.getMonth() + 1)) return false;
  const dayOfMonth = date.getDate();
  const length = new Date(date.getFullYear(), date.getMonth() + 1, 0).getDate();
  const fitsDay = day.values.has(dayOfMonth) || (isLastDay && length === dayOfMonth);
  const nths = nth.get(date.getDay());
  const isNth = nths?.has(Math.ceil(dayOfMonth / 7)) === true || (nths?.has(0) === true && dayOfMonth > length - 7);
  const fitsWeekday = weekday.values.has(date.getDay()) || isNth;
  if (day.isAny) return fitsWeekday;
  if (weekday.isAny) return fitsDay;
  // Cron's own rule: of two that narrow, one is enough.
  return fitsDay || fitsWeekday;
}

function firstOfDay(fields: Fields, day: Date, after: number): number | undefined {
  return fields.hour.isAny ? firstOfAnyHour(fields, day, after) : firstOfHours(fields, day, after);
}

/** Goes by the hours that pass, so that an hour that clocks show twice counts twice. */
function firstOfAnyHour(fields: Fields, day: Date, after: number): number | undefined {
  const start = new Date(after);
  const hourOfAfter = after - (start.getMinutes() * 60 + start.getSeconds()) * 1000 - start.getMilliseconds();
  const seconds = sorted(fields.second);
  for (let hour = Math.max(day.getTime(), hourOfAfter); isOn(day, hour); hour += hourMilliseconds) {
    for (const minutes of sorted(fields.minute)) {
      const found = seconds.map((second) => hour + (minutes * 60 + second) * 1000).find((at) => at > after);
      if (found !== undefined && isOn(day, found) && new Date(found).getMinutes() === minutes) return found;
    }
  }
  return undefined;
}

function firstOfHours({ hour, minute, second }: Fields, day: Date, after: number): number | undefined {
  const at = (hours: number, minutes: number, seconds: number): Date =>
    new Date(day.getFullYear(), day.getMonth(), day.getDate(), hours, minutes, seconds);
  const times = sorted(minute).flatMap((minutes) => sorted(second).map((seconds) => [minutes, seconds] as const));
  for (const hours of sorted(hour)) {
    if (at(hours, 59, 59).getTime() <= after) continue;
    for (const [minutes, seconds] of times) {
      const time = at(hours, minutes, seconds);
      const exists = time.getHours() === hours && time.getMinutes() === minutes;
      const found = exists ? time.getTime() : clockChange(day.getTime(), time.getTime());
      if (found > after) return found;
    }
  }
  return undefined;
}

const hourMilliseconds = 3_600_000;

function isOn(day: Date, at: number): boolean {
  return new Date(at).toDateString() === day.toDateString();
}

/** When clocks were put between two moments. */
function clockChange(from: number, to: number): number {
  const before = new Date(from).getTimezoneOffset();
  let [low, high] = [from, to];
  while (high - low > 1000) {
    const middle = low + Math.trunc((high - low) / 2000) * 1000;
    if (new Date(middle).getTimezoneOffset() === before) low = middle;
    else high = middle;
  }
  return high;
}

function sorted({ values }: Field): number[] {
  return [...values].sort((a, b) => a - b);
}
