import { posix } from 'node:path';
import { isInteger, pythonStr, type Value } from '@brine/common';
import { z } from 'zod';
import {
  anyValue,
  defineState,
  fails,
  flag,
  integer,
  isOk,
  optional,
  text,
  textList,
  willChange,
  withDefault,
  type FileStat,
  type ReadHost,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { expandHome, isDirectory } from '../../providers/files/paths.ts';
import { compileFlaggedRegex } from '../../providers/text/python-regex.ts';
import { readSize } from '../../providers/text/read-size.ts';

const dayLength = 86_400_000;

/** `file.tidied` */
export const tidied = defineState({
  name: 'file.tidied',
  summary: 'Removes files below a directory by age, size and name.',
  args: z.object({
    name: text().describe('Absolute path of the directory.'),
    age: withDefault(integer(), 0).describe('Days of age from which files go.'),
    matches: withDefault(textList(), ['.*']).describe('Regular expressions, one of which a name has to begin with.'),
    rmdirs: withDefault(flag(), false).describe('Whether directories may go too.'),
    size: withDefault(anyValue(), 0).describe("Bytes, or a text such as '10M', from which files go."),
    exclude: optional(textList()).describe('Regular expressions of names that stay.'),
    full_path_match: withDefault(flag(), false).describe('Whether expressions are for the whole path.'),
    followlinks: withDefault(flag(), false).describe('Whether links to directories are entered.'),
    time_comparison: withDefault(text(), 'atime').describe('The time that age is of: atime, mtime or ctime.'),
    age_size_logical_operator: withDefault(text(), 'OR').describe('AND: files must be both old and large enough.'),
    age_size_only: optional(text()).describe('age or size: only that one counts.'),
    rmlinks: withDefault(flag(), true).describe('Whether symbolic links may go.'),
  }),
  examples: [
    `/var/tmp/reports:
  file.tidied:
    - age: 30
    - age_size_only: age
    - matches:
      - report-.*`,
  ],
  acceptsUnknown: true,
  async check(args, { host }) {
    const name = await expandHome(host, args.name);
    if (!name.startsWith('/')) return fails(`Specified file ${name} is not an absolute path`);
    if (!(await isDirectory(host, name))) return fails(`${name} does not exist or is not a directory.`);
    const isWanted = compileWish(args);
    const found = await walk(host, name, args.followlinks);
    const removed = found.filter(isWanted).map(({ path }) => path);
    if (removed.length === 0) return isOk(`Nothing to remove from directory ${name}`);
    const changes = { removed };
    return willChange({ comment: `${name} is set for tidy`, changes }, (machine) =>
      attempt('', async () => {
        for (const path of removed) await machine.files.remove(path, { recursive: true });
        const comment = `Removed ${removed.length} files or directories from directory ${name}`;
        return { comment, changes };
      }),
    );
  },
});

interface Wish {
  readonly age: number;
  readonly size: Value;
  readonly matches: readonly string[];
  readonly exclude: readonly string[] | undefined;
  readonly full_path_match: boolean;
  readonly rmdirs: boolean;
  readonly rmlinks: boolean;
  readonly time_comparison: string;
  readonly age_size_logical_operator: string;
  readonly age_size_only: string | undefined;
}

interface Found {
  readonly path: string;
  /** Of a link that is not one to a directory: the link itself. */
  readonly stat: FileStat;
}

function compileWish(wish: Wish): (found: Found) => boolean {
  const size = isInteger(wish.size) ? Number(wish.size) : readSize(pythonStr(wish.size));
  const isChosen = compileNames(wish);
  const fits = compileFit(wish, size);
  return ({ path, stat }) => {
    if (stat.kind === 'symlink' ? !wish.rmlinks : stat.kind === 'directory' && !wish.rmdirs) return false;
    return fits(stat) && isChosen(path);
  };
}

function compileNames({ matches, exclude = [], full_path_match: wholePath }: Wish): (path: string) => boolean {
  const compile = (patterns: readonly string[]): RegExp[] => patterns.map((each) => compileFlaggedRegex(each));
  const [chosen, left] = [compile(matches), compile(exclude)];
  const isOne = (patterns: readonly RegExp[], name: string): boolean =>
    patterns.some((each) => name.search(each) === 0);
  return (path) => {
    const name = wholePath ? path : posix.basename(path);
    return isOne(chosen, name) && !isOne(left, name);
  };
}

function compileFit(wish: Wish, size: number): (stat: FileStat) => boolean {
  const times = { mtime: 'modifiedAt', ctime: 'changedAt', atime: 'accessedAt' } as const;
  const time = times[wish.time_comparison.toLowerCase() as keyof typeof times] ?? 'accessedAt';
  const today = startOfDay(Date.now());
  const isOld = (stat: FileStat): boolean =>
    Math.round(Math.abs(today - startOfDay(stat[time])) / dayLength) >= wish.age;
  const isLarge = (stat: FileStat): boolean => (stat.kind === 'file' ? stat.size : 0) >= size;
  const only = wish.age_size_only?.toLowerCase();
  if (only === 'age') return isOld;
  if (only === 'size') return isLarge;
  if (wish.age_size_logical_operator.toUpperCase() === 'AND') return (stat) => isOld(stat) && isLarge(stat);
  return (stat) => isOld(stat) || isLarge(stat);
}

// Age counts midnights of the local calendar, as Salt does.
function startOfDay(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}

// Deepest first; within a directory files before directories.
async function walk(host: ReadHost, folder: string, follows: boolean): Promise<readonly Found[]> {
  const [files, folders, below]: [Found[], Found[], Found[]] = [[], [], []];
  for (const child of (await host.files.list(folder)) ?? []) {
    const path = `${folder === '/' ? '' : folder}/${child}`;
    const stat = await host.files.stat(path);
    if (stat === undefined) continue;
    const isFolder = await leadsToDirectory(host, path, stat);
    (isFolder ? folders : files).push({ path, stat });
    if (isFolder && (follows || stat.kind === 'directory')) below.push(...(await walk(host, path, follows)));
  }
  return [...below, ...files, ...folders];
}

async function leadsToDirectory(host: ReadHost, path: string, stat: FileStat): Promise<boolean> {
  return stat.kind === 'symlink' ? isDirectory(host, path) : stat.kind === 'directory';
}
