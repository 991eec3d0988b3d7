import { posix } from 'node:path';
import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, lineText, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { readFstabLine } from '../../providers/mounts/fstab.ts';
import { readText } from '../text-file.ts';

const path = text().describe('A path.');

export const active = defineFunction({
  name: 'mount.active',
  summary: 'What is mounted, by mount point.',
  args: z.object({ extended: withDefault(flag(), false).describe('With ids, roots and options of the super block.') }),
  examples: ["'*' mount.active", "'*' mount.active extended=True"],
  run: ({ extended }, context) => (extended ? readMountinfo(context) : readMounts(context)),
});

export const isMounted = defineFunction({
  name: 'mount.is_mounted',
  summary: 'Whether something is mounted at a path.',
  args: z.object({ name: path }),
  examples: ["'*' mount.is_mounted /mnt/foo"],
  run: async ({ name }, context) => (await readMounts(context)).has(name),
});

export const getMountFromPath = defineFunction({
  name: 'mount.get_mount_from_path',
  summary: 'The mount point a path lies below.',
  args: z.object({ path }),
  examples: ["'*' mount.get_mount_from_path /opt/some/nested/path"],
  run: ({ path: wanted }, context) => mountPointOf(context, wanted),
});

export const getDeviceFromPath = defineFunction({
  name: 'mount.get_device_from_path',
  summary: 'The device a path lies on; null when it is not known.',
  args: z.object({ path }),
  examples: ["'*' mount.get_device_from_path /"],
  async run({ path: wanted }, context) {
    const point = await mountPointOf(context, wanted);
    return (await readMounts(context)).get(point)?.['device'] ?? null;
  },
});

export const fstab = defineFunction({
  name: 'mount.fstab',
  summary: 'The entries of the mount table, by mount point.',
  args: z.object({ config: withDefault(lineText(), '/etc/fstab').describe('The table.') }),
  examples: ["'*' mount.fstab"],
  async run({ config }, { host }) {
    const found: Record<string, Plain> = {};
    for (const line of ((await readText(host, config)) ?? '').split('\n')) {
      const entry = readFstabLine(line);
      if (entry === undefined) continue;
      let { name } = entry;
      // Several entries may have the mount point `none`.
      while (name in found) name += '_';
      const { device, type, options, dump, pass } = entry;
      found[name] = { device, fstype: type, opts: options.split(','), dump, pass };
    }
    return found;
  },
});

type Mounts = ReadonlyMap<string, Readonly<Record<string, Plain>>>;

/** What is mounted, by mount point. */
export async function readMounts(context: FunctionContext): Promise<Mounts> {
  const lines = ((await readText(context.host, '/proc/self/mounts')) ?? '').split('\n');
  const entries = lines.flatMap((line) => readFstabLine(line) ?? []);
  const rows = entries.map(async ({ device, name, type, options }) => {
    const opts = await numberOwners(context, options.split(','));
    return [name, { device, alt_device: device, fstype: type, opts }] as const;
  });
  return new Map(await Promise.all(rows));
}

async function readMountinfo(context: FunctionContext): Promise<Mounts> {
  const lines = ((await readText(context.host, '/proc/self/mountinfo')) ?? '').split('\n');
  const rows = lines.filter((line) => line.includes(' - ')).map((line) => describeMount(context, line));
  return new Map(await Promise.all(rows));
}

// The fields before the dash vary in number; those behind it do not.
async function describeMount(
  context: FunctionContext,
  line: string,
): Promise<readonly [string, Readonly<Record<string, Plain>>]> {
  const words = line.split(' ');
  const word = (index: number): string => unescape(words[index] ?? '');
  const dash = words.indexOf('-');
  const [major, minor] = word(2).split(':');
  const device = word(dash + 2);
  const ids = await deviceIds(context, device);
  const described: Plain = {
    ...{ mountid: word(0), parentid: word(1), major, minor, root: word(3) },
    opts: await numberOwners(context, word(5).split(',')),
    ...{ fstype: word(dash + 1), device, alt_device: device },
    superopts: await numberOwners(context, word(dash + 3).split(',')),
    ...{ device_uuid: ids.uuid, device_label: ids.label },
  };
  return [word(4), described];
}

async function deviceIds(
  { host }: FunctionContext,
  device: string,
): Promise<{ readonly uuid: string | null; readonly label: string | null }> {
  const real = device.startsWith('/dev/') ? await host.files.realPath(device) : undefined;
  if (real === undefined) return { uuid: null, label: null };
  const find = async (folder: string): Promise<string | null> => {
    for (const name of (await host.files.list(folder)) ?? [])
      if ((await host.files.realPath(`${folder}/${name}`)) === real) return name;
    return null;
  };
  const [uuid, label] = await Promise.all([find('/dev/disk/by-uuid'), find('/dev/disk/by-label')]);
  return { uuid: uuid?.toLowerCase() ?? null, label };
}

function unescape(word: string): string {
  return word.replace(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

// Options may name owners; tables and the kernel have their numbers.
async function numberOwners({ host }: FunctionContext, options: readonly string[]): Promise<readonly string[]> {
  return Promise.all(
    options.map(async (option) => {
      const [, kind, owner] = /^(uid|gid)=(.*)$/.exec(option) ?? [];
      if (owner === undefined || /^\d+$/.test(owner)) return option;
      const id = kind === 'uid' ? (await host.account(owner))?.uid : (await host.group(owner))?.gid;
      return id === undefined ? option : `${kind ?? ''}=${id}`;
    }),
  );
}

async function mountPointOf(context: FunctionContext, path: string): Promise<string> {
  const points = await readMounts(context);
  let at = (await context.host.files.realPath(path)) ?? posix.normalize(path);
  while (at !== '/' && at !== '.' && !points.has(at)) at = posix.dirname(at);
  return at === '.' ? '/' : at;
}
