import { readFstabLine, writeFstabLine, type FstabEntry } from './fstab.ts';

// One device may back many of these, so that only the mount point tells them apart.
const specialTypes: ReadonlySet<string> = new Set([
  ...['none', 'tmpfs', 'sysfs', 'proc', 'fusectl', 'debugfs', 'securityfs', 'devtmpfs', 'cgroup'],
  ...['nfs', 'nfs4', 'glusterfs', 'btrfs'],
]);

const members: Readonly<Record<string, keyof FstabEntry>> = {
  name: 'name',
  device: 'device',
  fstype: 'type',
  opts: 'options',
  dump: 'dump',
  pass_num: 'pass',
};

/** An entry that a mount table is to have. */
export interface FstabWish {
  readonly entry: FstabEntry;
  /** The fields a line is found by, under Salt's names; `auto` lets the kind of the file system decide. */
  readonly matchOn: readonly string[];
  /** Whether a line that is found stays as it is. */
  readonly keepsFound?: boolean;
}

/** What is to be done with a mount table, and how it reads then. */
export interface FstabPlan {
  readonly outcome: 'present' | 'new' | 'change';
  readonly text: string;
}

/** Compares a mount table with the entry it is to have; a text says why that cannot be done. */
export function planFstab(text: string, { entry, matchOn, keepsFound = false }: FstabWish): FstabPlan | string {
  const keys = readKeys(matchOn, entry.type);
  if (typeof keys === 'string') return keys;
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const found = lines.map((line) => isSame(readFstabLine(line), entry, keys));
  const differs = lines.some((line, index) => found[index] === true && !isSame(readFstabLine(line), entry));
  if (found.includes(true) && (!differs || keepsFound)) return { outcome: 'present', text };
  if (found.includes(true)) {
    const edited = lines.map((line, index) => (found[index] === true ? writeFstabLine(entry) : line));
    return { outcome: 'change', text: `${edited.join('\n')}\n` };
  }
  return { outcome: 'new', text: [...lines, writeFstabLine(entry), ''].join('\n') };
}

function readKeys(matchOn: readonly string[], type: string): readonly (keyof FstabEntry)[] | string {
  if (matchOn.length === 1 && matchOn[0] === 'auto') return [specialTypes.has(type) ? 'name' : 'device'];
  const unknown = matchOn.find((key) => !Object.hasOwn(members, key));
  if (unknown !== undefined) return `Unrecognized keys in match_on: "${unknown}"`;
  return matchOn.flatMap((key) => members[key] ?? []);
}

function isSame(
  found: FstabEntry | undefined,
  wanted: FstabEntry,
  keys: readonly (keyof FstabEntry)[] = Object.values(members),
): boolean {
  const plain = (entry: FstabEntry, key: keyof FstabEntry): string =>
    key === 'options' ? entry.options.split(',').toSorted().join(',') : entry[key];
  return found !== undefined && keys.every((key) => plain(found, key) === plain(wanted, key));
}
