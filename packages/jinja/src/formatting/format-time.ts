const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const millisecondsPerDay = 86_400_000;

type Write = (date: Date) => string;

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function blankPadded(value: number): string {
  return String(value).padStart(2, ' ');
}

function dayOfYear(date: Date): number {
  const day = Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return (day - Date.UTC(date.getFullYear(), 0, 1)) / millisecondsPerDay;
}

function hour12(date: Date): number {
  return date.getHours() % 12 === 0 ? 12 : date.getHours() % 12;
}

/** Week of the year, of weeks that start on a day of the week; days before the first are in week 0. */
function weekFrom(date: Date, firstDay: number): number {
  return Math.floor((dayOfYear(date) + 7 - ((date.getDay() - firstDay + 7) % 7)) / 7);
}

/** The ISO 8601 year and week. */
function isoWeek(date: Date): { year: number; week: number } {
  const thursday = new Date(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()));
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() === 0 ? 7 : thursday.getUTCDay()));
  const year = thursday.getUTCFullYear();
  return { year, week: Math.ceil(((thursday.getTime() - Date.UTC(year, 0, 1)) / millisecondsPerDay + 1) / 7) };
}

const directives: Readonly<Record<string, Write>> = {
  Y: (date) => String(date.getFullYear()),
  C: (date) => two(Math.floor(date.getFullYear() / 100)),
  y: (date) => two(date.getFullYear() % 100),
  m: (date) => two(date.getMonth() + 1),
  d: (date) => two(date.getDate()),
  e: (date) => blankPadded(date.getDate()),
  H: (date) => two(date.getHours()),
  k: (date) => blankPadded(date.getHours()),
  I: (date) => two(hour12(date)),
  l: (date) => blankPadded(hour12(date)),
  M: (date) => two(date.getMinutes()),
  S: (date) => two(date.getSeconds()),
  f: (date) => String(date.getMilliseconds() * 1000).padStart(6, '0'),
  p: (date) => (date.getHours() < 12 ? 'AM' : 'PM'),
  P: (date) => (date.getHours() < 12 ? 'am' : 'pm'),
  j: (date) => String(dayOfYear(date) + 1).padStart(3, '0'),
  a: (date) => (weekdays[date.getDay()] ?? '').slice(0, 3),
  A: (date) => weekdays[date.getDay()] ?? '',
  b: (date) => (months[date.getMonth()] ?? '').slice(0, 3),
  h: (date) => (months[date.getMonth()] ?? '').slice(0, 3),
  B: (date) => months[date.getMonth()] ?? '',
  u: (date) => String(date.getDay() === 0 ? 7 : date.getDay()),
  w: (date) => String(date.getDay()),
  U: (date) => two(weekFrom(date, 0)),
  W: (date) => two(weekFrom(date, 1)),
  V: (date) => two(isoWeek(date).week),
  G: (date) => String(isoWeek(date).year),
  g: (date) => two(isoWeek(date).year % 100),
  s: (date) => String(Math.floor(date.getTime() / 1000)),
  z: () => '',
  Z: () => '',
  n: () => '\n',
  t: () => '\t',
  '%': () => '%',
};

const compounds: Readonly<Record<string, string>> = {
  c: '%a %b %e %H:%M:%S %Y',
  D: '%m/%d/%y',
  F: '%Y-%m-%d',
  R: '%H:%M',
  r: '%I:%M:%S %p',
  T: '%H:%M:%S',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
};

/** Python's `strftime` of a local time without a zone, with glibc's flags `-`, `_`, `0` and `^`. */
export function formatTime(date: Date, format: string): string {
  return format.replaceAll(/%([-_0^]?)([A-Za-z%])/g, (whole, flag: string, letter: string) => {
    const compound = compounds[letter];
    if (compound !== undefined) return formatTime(date, compound);
    const text = directives[letter]?.(date);
    return text === undefined ? whole : applyFlag(text, flag);
  });
}

function applyFlag(text: string, flag: string): string {
  if (flag === '-') return text.replace(/^[0 ]+(?=.)/, '');
  if (flag === '_') return text.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length));
  if (flag === '0') return text.replace(/^ +/, (blanks) => '0'.repeat(blanks.length));
  return flag === '^' ? text.toUpperCase() : text;
}
