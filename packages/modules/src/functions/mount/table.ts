import { z } from 'zod';
import { commaList, flag, integer, lineText, textList, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { readFstabLine, writeFstabLine, type FstabEntry } from '../../providers/mounts/fstab.ts';
import { failure } from '../failure.ts';
import { readText, writeText } from '../text-file.ts';

const name = lineText().describe('The mount point.');
const device = lineText().describe('The device.');
const config = withDefault(lineText(), '/etc/fstab').describe('The table.');

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

export const setFstab = defineFunction({
  name: 'mount.set_fstab',
  summary: 'Puts an entry into the mount table; answers new, change or present.',
  args: z.object({
    name,
    device,
    fstype: lineText().describe('Kind of the file system.'),
    opts: withDefault(commaList(), ['defaults']).describe('Mount options.'),
    dump: withDefault(integer(), 0).describe('Fifth field.'),
    pass_num: withDefault(integer(), 0).describe('Sixth field.'),
    config,
    test: withDefault(flag(), false).describe('Only answer what would be done.'),
    match_on: withDefault(textList(), ['auto']).describe('Fields an entry is found by; `auto` lets the kind decide.'),
    not_change: withDefault(flag(), false).describe('Leave an entry that is there as it is.'),
  }),
  examples: ["'*' mount.set_fstab /mnt/foo /dev/sdz1 ext4"],
  async run(args, { host }) {
    const entry: FstabEntry = {
      ...{ device: args.device, name: args.name, type: args.fstype, options: args.opts.join(',') },
      ...{ dump: String(args.dump), pass: String(args.pass_num) },
    };
    const keys = readKeys(args.match_on, args.fstype);
    const text = await readText(host, args.config);
    if (text === undefined) throw failure(`Bad config file "${args.config}"`);
    const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
    const found = lines.map((line) => isSame(readFstabLine(line), entry, keys));
    const isPresent = lines.every((line, index) => found[index] === false || isSame(readFstabLine(line), entry));
    if (found.includes(true) && (isPresent || args.not_change)) return 'present';
    const edited = lines.map((line, index) => (found[index] === true ? writeFstabLine(entry) : line));
    const all = found.includes(true) ? edited : [...lines, writeFstabLine(entry)];
    if (!args.test) await writeText(host, args.config, all.map((line) => `${line}\n`).join(''));
    return found.includes(true) ? 'change' : 'new';
  },
});

export const rmFstab = defineFunction({
  name: 'mount.rm_fstab',
  summary: 'Takes an entry out of the mount table; answers true.',
  args: z.object({ name, device, config }),
  examples: ["'*' mount.rm_fstab /mnt/foo /dev/sdg"],
  async run({ name: point, device: source, config: table }, { host }) {
    const text = await readText(host, table);
    if (text === undefined) throw failure(`Couldn't read from ${table}: there is no such file`);
    const lines = text.split('\n');
    const kept = lines.filter((line) => {
      const entry = readFstabLine(line);
      return entry === undefined || entry.name !== point || entry.device !== source;
    });
    if (kept.length < lines.length) await writeText(host, table, kept.join('\n'));
    return true;
  },
});

function readKeys(matchOn: readonly string[], fstype: string): readonly (keyof FstabEntry)[] {
  if (matchOn.length === 1 && matchOn[0] === 'auto') return [specialTypes.has(fstype) ? 'name' : 'device'];
  return matchOn.map((key) => {
    const member = Object.hasOwn(members, key) ? members[key] : undefined;
    if (member === undefined) throw failure(`Unrecognized keys in match_on: "${key}"`);
    return member;
  });
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
