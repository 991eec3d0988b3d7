const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October'],
  ...['November', 'December'],
];

/** A time in the local zone, formatted as C's strftime does in the C locale; unknown letters stay as they are. */
export function formatTime(time: Date, format: string): string {
  return format.replace(/%([a-zA-Z%])/g, (whole, letter: string) => fields[letter]?.(time) ?? whole);
}

const two = (part: number): string => String(part).padStart(2, '0');
const hour12 = (time: Date): number => time.getHours() % 12 || 12;

const fields: Readonly<Record<string, (time: Date) => string>> = {
  a: (time) => (days[time.getDay()] ?? '').slice(0, 3),
  A: (time) => days[time.getDay()] ?? '',
  b: (time) => (months[time.getMonth()] ?? '').slice(0, 3),
  B: (time) => months[time.getMonth()] ?? '',
  d: (time) => two(time.getDate()),
  D: (time) => formatTime(time, '%m/%d/%y'),
  e: (time) => String(time.getDate()).padStart(2, ' '),
  F: (time) => formatTime(time, '%Y-%m-%d'),
  H: (time) => two(time.getHours()),
  I: (time) => two(hour12(time)),
  j: (time) => String(dayOfYear(time)).padStart(3, '0'),
  m: (time) => two(time.getMonth() + 1),
  M: (time) => two(time.getMinutes()),
  n: () => '\n',
  p: (time) => (time.getHours() < 12 ? 'AM' : 'PM'),
  s: (time) => String(Math.trunc(time.getTime() / 1000)),
  S: (time) => two(time.getSeconds()),
  t: () => '\t',
  T: (time) => formatTime(time, '%H:%M:%S'),
  w: (time) => String(time.getDay()),
  y: (time) => two(time.getFullYear() % 100),
  Y: (time) => String(time.getFullYear()),
  z: zone,
  '%': () => '%',
};

function dayOfYear(time: Date): number {
  const start = new Date(time.getFullYear(), 0, 1);
  return (
    Math.round(
      (new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime() - start.getTime()) / 86_400_000,
    ) + 1
  );
}

function zone(time: Date): string {
  const minutes = -time.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.trunc(size / 60))}${two(size % 60)}`;
}
