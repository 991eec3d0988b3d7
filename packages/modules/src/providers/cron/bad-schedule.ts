const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const fields = [
  { title: 'minute', low: 0, high: 59, names: [] },
  { title: 'hour', low: 0, high: 23, names: [] },
  { title: 'day-of-month', low: 1, high: 31, names: [] },
  { title: 'month', low: 1, high: 12, names: months },
  { title: 'day-of-week', low: 0, high: 7, names: weekdays },
] as const;

// What the crons of Debian and Red Hat know, and those that only systemd's has.
const nicknames =
  /^@(?:reboot|yearly|annually|monthly|weekly|daily|midnight|hourly|minutely|quarterly|every_minute|every_second|(?:bi-?|semi-?)annually|half-yearly)$/i;

/** What cron will complain about in the time of a job (five fields or a nickname), in its words; else `undefined`. */
export function badSchedule(schedule: string): string | undefined {
  // cronie takes a dash in front for a job that is not to be logged.
  const words = schedule.trim().replace(/^-/, '').split(/\s+/);
  if (schedule.startsWith('@')) return nicknames.test(words[0] ?? '') ? undefined : 'bad time specifier';
  const bad = fields.find((field, index) => !isField(words[index] ?? '', field));
  return bad === undefined ? undefined : `bad ${bad.title}`;
}

/** What cron will say of a text that is to be a crontab; `undefined` when it has nothing to say. */
export function badCrontab(text: string): string | undefined {
  for (const [index, line] of text.split('\n').entries()) {
    const job = line.trim();
    if (job === '' || job.startsWith('#') || /^(?:"[^"]*"|'[^']*'|[^\s"'=]+)\s*=/.test(job)) continue;
    const times = job.startsWith('@') ? 1 : 5;
    const words = job.split(/\s+/);
    const bad = badSchedule(words.slice(0, times).join(' ')) ?? (words.length > times ? undefined : 'bad command');
    if (bad !== undefined) return complaintOf(bad, index);
  }
  return undefined;
}

/** A complaint about a line, counted from 0, as crontab prints it. */
export function complaintOf(bad: string, line: number): string {
  return `"-":${line}: ${bad}\nerrors in crontab file, can't install.`;
}

type Field = (typeof fields)[number];

function isField(word: string, field: Field): boolean {
  return word.split(',').every((part) => isPart(part, field));
}

function isPart(part: string, field: Field): boolean {
  const [, range = '', step = '1'] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
  return Number(step) > 0 && (/^\*$|^~/.test(range) || isRange(range, field));
}

// A range that runs backwards is one that cron takes, whatever it makes of it.
function isRange(range: string, field: Field): boolean {
  const [, from = '', to = from] = /^([^-~]+)(?:[-~](.*))?$/.exec(range) ?? [];
  return [from, to].every((word) => isNumber(word, field));
}

function isNumber(word: string, { low, high, names }: Field): boolean {
  const isName = (names as readonly string[]).includes(word.toLowerCase());
  return isName || (/^\d+$/.test(word) && Number(word) >= low && Number(word) <= high);
}
