import { posix } from 'node:path';
import { matchGlob, type Plain } from '@brine/common';
import { formatMode } from '../../kit/arguments.ts';
import type { FileStat, ReadHost } from '../../kit/host.ts';
import { compileFlaggedRegex } from '../../providers/text/python-regex.ts';
import { failure } from '../failure.ts';
import { readText } from '../text-file.ts';

/** A path `file.find` came by. */
export interface Found {
  readonly path: string;
  /** 0 for the path it began at. */
  readonly depth: number;
  /** Of what a link points to, when that exists. */
  readonly stat: FileStat;
  readonly isLink: boolean;
}

/** The options of `file.find` that say what is wanted. */
export interface Criteria {
  readonly name?: string | undefined;
  readonly iname?: string | undefined;
  readonly regex?: string | undefined;
  readonly iregex?: string | undefined;
  readonly type?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  readonly size?: string | undefined;
  readonly mtime?: string | undefined;
  readonly grep?: string | undefined;
}

type Test = (found: Found, host: ReadHost) => boolean | Promise<boolean>;

/** find(1)'s letters of what a path can be. */
export const kindLetters: Readonly<Record<FileStat['kind'], string>> = {
  file: 'f',
  directory: 'd',
  symlink: 'l',
  fifo: 'p',
  socket: 's',
  'block-device': 'b',
  'character-device': 'c',
};

/** Throws `function-failed` when a text has others than find(1)'s letters of kinds. */
export function checkKinds(letters: string): void {
  const bad = /[^abcdflps,]/.exec(letters)?.[0];
  if (bad !== undefined || letters === '') throw failure(`invalid file type "${bad ?? ''}"`);
}

/** Throws `function-failed` when there is no such owner or group. */
export async function checkOwners({ owner, group }: Criteria, host: ReadHost): Promise<void> {
  for (const name of wordsOf(owner))
    if (!/^\d+$/.test(name) && (await host.account(name)) === undefined) throw failure(`no such user "${name}"`);
  for (const name of wordsOf(group))
    if (!/^\d+$/.test(name) && (await host.group(name)) === undefined) throw failure(`no such group "${name}"`);
}

function wordsOf(names: string | undefined): readonly string[] {
  return (names ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** A test for all given criteria; the cheap ones go first. Throws `function-failed` for one that cannot be read. */
export function compileCriteria(criteria: Criteria): Test {
  const tests = (Object.keys(compilers) as (keyof Criteria)[]).flatMap((name) => {
    const wanted = criteria[name];
    return wanted === undefined ? [] : [compilers[name](wanted)];
  });
  return async (found, host) => {
    for (const test of tests) if (!(await test(found, host))) return false;
    return true;
  };
}

const compilers: Readonly<Record<keyof Criteria, (wanted: string) => Test>> = {
  name: (pattern) => (found) => matchGlob(pattern, posix.basename(found.path)),
  iname: (pattern) => (found) => matchGlob(pattern.toLowerCase(), posix.basename(found.path).toLowerCase()),
  regex: (pattern) => startsWith(pattern, false),
  iregex: (pattern) => startsWith(pattern, true),
  type: (letters) => {
    checkKinds(letters);
    return ({ stat, isLink }) =>
      letters.includes('a') || letters.includes(kindLetters[stat.kind]) || (isLink && letters.includes('l'));
  },
  owner: (names) => async (found, host) => isListed(names, found.stat.uid, (await host.account(found.stat.uid))?.name),
  group: (names) => async (found, host) => isListed(names, found.stat.gid, (await host.group(found.stat.gid))?.name),
  size: (text) => {
    const { least, most } = readSize(text);
    return (found) => found.stat.size >= least && found.stat.size <= most;
  },
  mtime: readAge,
  grep: (pattern) => {
    const regex = compileFlaggedRegex(pattern);
    return async (found, host) => {
      if (found.stat.kind !== 'file') return false;
      const text = (await readText(host, found.path)) ?? '';
      return text.split('\n').some((line) => line.search(regex) >= 0);
    };
  },
};

function startsWith(pattern: string, ignoreCase: boolean): Test {
  const regex = compileFlaggedRegex(pattern, { ignoreCase });
  return (found) => posix.basename(found.path).search(regex) === 0;
}

function isListed(names: string, id: number, name: string | undefined): boolean {
  const wanted = names.split(',').map((each) => each.trim());
  return wanted.includes(String(id)) || (name !== undefined && wanted.includes(name));
}

const sizeUnits: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

function readSize(text: string): { readonly least: number; readonly most: number } {
  const [, sign = '', digits, unit = ''] = /^\s*([-+]?)\s*(\d+(?:\.\d+)?)\s*([bkmgt]?)\s*$/i.exec(text) ?? [];
  if (digits === undefined) throw failure(`invalid size: "${text}"`);
  const multiplier = sizeUnits[unit.toLowerCase()] ?? 1;
  const size = Math.trunc(Number(digits) * multiplier);
  if (sign === '-') return { least: 0, most: size };
  return { least: size, most: sign === '+' ? Number.POSITIVE_INFINITY : size + multiplier - 1 };
}

const ageUnits: readonly (readonly [string, number])[] = [
  ['w', 604_800],
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
];

function readAge(text: string): Test {
  const shape = /^\s*([-+]?)((?:\d+(?:\.\d+)?[wdhms])+)\s*$/.exec(text);
  if (shape === null) throw failure(`invalid time interval: '${text}'`);
  const [, sign = '', body = ''] = shape;
  let [seconds, resolution] = [0, 1];
  for (const [letter, length] of ageUnits) {
    const digits = new RegExp(`([\\d.]+)${letter}`).exec(body)?.[1];
    if (digits === undefined) continue;
    seconds += Number(digits) * length;
    resolution = length;
  }
  const limit = Math.trunc(seconds / resolution) * resolution;
  return ({ stat }) => {
    const age = (Date.now() - stat.modifiedAt) / 1000;
    // Without a sign it is as with a plus, as in Salt.
    return sign === '-' ? age <= limit : age >= limit;
  };
}

/** The fields of `print=` that there are. */
export function isPrintField(field: string): boolean {
  return printFields.has(field);
}

/** One field of `print=`; `null` when there is no such field. */
export async function readFoundText(found: Found, field: string, host: ReadHost): Promise<Plain> {
  return (await printFields.get(field)?.(found, host)) ?? null;
}

async function ownerName({ stat }: Found, host: ReadHost): Promise<Plain> {
  return (await host.account(stat.uid))?.name ?? stat.uid;
}

const printFields: ReadonlyMap<string, (found: Found, host: ReadHost) => Plain | Promise<Plain>> = new Map<
  string,
  (found: Found, host: ReadHost) => Plain | Promise<Plain>
>([
  ['path', ({ path }) => path],
  ['name', ({ path }) => posix.basename(path)],
  ['size', ({ stat }) => stat.size],
  ['mode', ({ stat }) => formatMode(stat.mode)],
  ['mtime', ({ stat }) => Math.trunc(stat.modifiedAt / 1000)],
  ['type', ({ stat, isLink }) => (isLink ? 'l' : kindLetters[stat.kind])],
  ['owner', ownerName],
  ['user', ownerName],
  ['group', async ({ stat }, host) => (await host.group(stat.gid))?.name ?? stat.gid],
  ['md5', async ({ stat, path }, host) => (stat.kind === 'file' ? ((await host.files.hash(path, 'md5')) ?? '') : '')],
]);
