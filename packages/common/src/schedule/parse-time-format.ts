/** What each directive of a format matches, and which part of a date it gives. */
const directives: Readonly<Record<string, { readonly pattern: string; readonly part: string }>> = {
  Y: { pattern: '(\\d{4})', part: 'year' },
  y: { pattern: '(\\d{2})', part: 'shortYear' },
  m: { pattern: '(\\d{1,2})', part: 'month' },
  d: { pattern: '(\\d{1,2})', part: 'day' },
  H: { pattern: '(\\d{1,2})', part: 'hour' },
  I: { pattern: '(\\d{1,2})', part: 'halfHour' },
  M: { pattern: '(\\d{1,2})', part: 'minute' },
  S: { pattern: '(\\d{1,2})', part: 'second' },
  f: { pattern: '(\\d{1,6})', part: 'fraction' },
  p: { pattern: '([AaPp][Mm])', part: 'half' },
  b: { pattern: '([A-Za-z]{3})', part: 'monthName' },
  B: { pattern: '([A-Za-z]{3,9})', part: 'monthName' },
  a: { pattern: '[A-Za-z]{3}()', part: 'ignored' },
  A: { pattern: '[A-Za-z]{6,9}()', part: 'ignored' },
  '%': { pattern: '%()', part: 'ignored' },
};

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/**
 * Reads a date in local time by a format of Python's `strptime`. Milliseconds since the Unix epoch, or `undefined` when
 * the text is not of that form, the date does not exist or the format has a directive that is not known.
 */
export function parseTimeFormat(text: string, format: string): number | undefined {
  const parts: string[] = [];
  let isKnown = true;
  const pattern = format.replace(/%(.)|[\\^$.*+?()[\]{}|]|\s+/gs, (whole, letter: string | undefined) => {
    if (letter === undefined) return /^\s/.test(whole) ? '\\s+' : `\\${whole}`;
    const directive = directives[letter];
    if (directive === undefined) isKnown = false;
    else parts.push(directive.part);
    return directive?.pattern ?? '';
  });
  const found = isKnown ? new RegExp(`^${pattern}$`, 'i').exec(text) : null;
  if (found === null) return undefined;
  return toMoment(new Map(parts.map((part, index) => [part, found[index + 1] ?? ''])));
}

function toMoment(parts: ReadonlyMap<string, string>): number | undefined {
  const number = (part: string, otherwise: number): number => Number(parts.get(part) ?? otherwise);
  const name = parts.get('monthName')?.slice(0, 3).toLowerCase();
  const month = name === undefined ? number('month', 1) : months.indexOf(name) + 1;
  const year = parts.has('shortYear') ? toYear(number('shortYear', 0)) : number('year', 1900);
  const day = number('day', 1);
  const halfHour = (number('halfHour', 0) % 12) + (parts.get('half')?.toLowerCase() === 'pm' ? 12 : 0);
  const hour = parts.has('halfHour') ? halfHour : number('hour', 0);
  const minute = number('minute', 0);
  const millisecond = Math.trunc(Number(`0.${parts.get('fraction') ?? 0}`) * 1000);
  const date = new Date(year, month - 1, day, hour, minute, number('second', 0), millisecond);
  const isReal = month >= 1 && date.getMonth() === month - 1 && hour < 24 && minute < 60;
  return isReal ? date.getTime() : undefined;
}

function toYear(short: number): number {
  return short < 69 ? 2000 + short : 1900 + short;
}

/** Salt's standard format of dates in schedules. */
export const scheduleTimeFormat = '%Y-%m-%dT%H:%M:%S';

/** A moment in Salt's standard format, in local time. */
export function formatScheduleTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
