import { pythonStr, type Dict } from '@brine/common';
import { z } from 'zod';
import { defineState, dict, fails, isOk, optional, text, willChange, type ReadHost } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { expandHome, isDirectory } from '../../providers/files/paths.ts';
import { parseTime } from '../../providers/text/parse-time.ts';
import { wallClock, type WallTime } from '../../providers/timezone/wall-clock.ts';

interface Backup {
  readonly name: string;
  readonly time: WallTime;
}

/** `file.retention_schedule` */
export const retentionSchedule = defineState({
  name: 'file.retention_schedule',
  summary: 'Keeps of the backups in a directory the newest and the first of hours, days, weeks, months and years.',
  args: z.object({
    name: text().describe('Absolute path of the directory.'),
    retain: dict().describe(
      'What is kept: a number, or all, for each of most_recent, first_of_hour, first_of_day, first_of_week, first_of_month and first_of_year.',
    ),
    strptime_format: optional(text()).describe(
      'Form of the names, which tells when a backup was made; other names are left alone. Without it the time of change tells.',
    ),
    timezone: optional(text()).describe('The time zone whose midnights count; that of the machine unless given.'),
  }),
  examples: [
    `/var/backups/app:
  file.retention_schedule:
    - retain:
        most_recent: 5
        first_of_day: 7
    - strptime_format: app_%Y%m%dT%H%M%S.tar.gz`,
  ],
  async check(args, { host }) {
    const name = await expandHome(host, args.name);
    if (name === '') return fails('Must provide name to file.retention_schedule');
    if (!(await isDirectory(host, name))) return fails('Name provided to file.retention must be a directory');
    const names = (await host.files.list(name)) ?? [];
    const backups = await timesOf(
      host,
      names.map((each) => `${name}/${each}`),
      args,
    );
    const kept = chooseKept(backups, args.retain);
    if (typeof kept === 'string') return fails(kept);
    const known = new Set(backups.map((backup) => backup.name));
    const deleted = backups.map((backup) => backup.name).filter((each) => !kept.has(each));
    const summary = `${deleted.length} backups`;
    if (deleted.length === 0)
      return {
        ...isOk(`${summary} were removed from ${name}.\n`),
        foretoldComment: `${summary} would have been removed from ${name}.\n`,
      };
    const ignored = ['.', '..', ...names].filter((each) => !known.has(each));
    const changes = { retained: newestFirst([...kept]), deleted: newestFirst(deleted), ignored: newestFirst(ignored) };
    return willChange({ comment: `${summary} would have been removed from ${name}.\n`, changes }, (machine) =>
      attempt('', async () => {
        for (const each of deleted) await machine.files.remove(`${name}/${each}`, { recursive: true });
        return { comment: `${summary} were removed from ${name}.\n`, changes };
      }),
    );
  },
});

function newestFirst(names: readonly string[]): string[] {
  return names.toSorted().toReversed();
}

async function timesOf(
  host: ReadHost,
  paths: readonly string[],
  {
    strptime_format: format,
    timezone,
  }: { readonly strptime_format: string | undefined; readonly timezone: string | undefined },
): Promise<readonly Backup[]> {
  const found: Backup[] = [];
  for (const path of paths) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const stat = format === undefined ? await host.files.stat(path) : undefined;
    const time = format === undefined ? stat && wallClock(stat.modifiedAt, timezone) : parseTime(name, format);
    if (time !== undefined) found.push({ name, time });
  }
  return found;
}

const depths: Readonly<Record<string, readonly (keyof WallTime)[]>> = {
  first_of_year: ['year'],
  first_of_month: ['year', 'month'],
  first_of_day: ['year', 'month', 'day'],
  first_of_hour: ['year', 'month', 'day', 'hour'],
  first_of_week: ['weekYear', 'week'],
};

/** The names that any rule keeps, or what is wrong with a rule. */
function chooseKept(backups: readonly Backup[], retain: Dict): ReadonlySet<string> | string {
  const kept = new Set<string>();
  for (const [rule, count] of retain) {
    const word = pythonStr(rule);
    const number = count === 'all' ? Number.POSITIVE_INFINITY : Number(pythonStr(count));
    const parts = depths[word];
    if (parts === undefined && word !== 'most_recent') return `There is no rule ${word} for what is retained`;
    if (!(number >= 0)) return `The rule ${word} takes a number or all, not ${pythonStr(count)}`;
    for (const name of parts === undefined
      ? newest(backups, number)
      : firstOfEach(backups, parts, word === 'first_of_week' ? number + 1 : number))
      kept.add(name);
  }
  return kept;
}

// Of those made at the same moment one stands for all, the one whose name comes last.
function newest(backups: readonly Backup[], number: number): readonly string[] {
  const byMoment = new Map(backups.map(({ name, time }) => [time.stamp, name]));
  const moments = [...byMoment.keys()].toSorted((one, other) => other - one);
  return moments.slice(0, number).map((moment) => byMoment.get(moment) ?? '');
}

function firstOfEach(
  backups: readonly Backup[],
  parts: readonly (keyof WallTime)[],
  number: number,
): readonly string[] {
  const first = new Map<string, Backup>();
  for (const backup of backups.toSorted((one, other) => one.time.stamp - other.time.stamp)) {
    const span = parts.map((part) => String(backup.time[part]).padStart(5, '0')).join('-');
    if (!first.has(span)) first.set(span, backup);
  }
  const spans = newestFirst([...first.keys()]);
  return spans.slice(0, number).map((span) => first.get(span)?.name ?? '');
}
