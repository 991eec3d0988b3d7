import { AppError } from '@brine/common';
import { z } from 'zod';
import { commaList, flag, integer, lineText, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { trueOrComplaint } from '../run-program.ts';
import { safeName } from '../safe-name.ts';
import { readMounts } from './active.ts';

const name = safeName('a path').describe('The mount point.');
const user = optional(lineText()).describe('Account the program runs as.');
const mountArguments = {
  mkmnt: withDefault(flag(), false).describe('Makes a missing mount point.'),
  fstype: withDefault(text(), '').describe('Kind of the file system.'),
  opts: withDefault(commaList(), ['defaults']).describe('Mount options.'),
  user,
};

interface MountRequest {
  readonly name: string;
  readonly device: string | undefined;
  readonly mkmnt: boolean;
  readonly fstype: string;
  readonly opts: readonly string[];
  readonly user: string | undefined;
}

export const mount = defineFunction({
  name: 'mount.mount',
  summary: 'Mounts a device; answers true, or what mount complains about.',
  args: z.object({
    name,
    device: optional(safeName('a device')).describe('The device; that of the mount table unless given.'),
    ...mountArguments,
  }),
  examples: ["'*' mount.mount /mnt/foo /dev/sdz1 True"],
  run: (args, context) => mountNow(args, context),
});

export const remount = defineFunction({
  name: 'mount.remount',
  summary: 'Mounts a device anew where it is, or mounts it; answers true, or what mount complains about.',
  args: z.object({ name, device: safeName('a device').describe('The device.'), ...mountArguments }),
  examples: ["'*' mount.remount /mnt/foo /dev/sdz1 True"],
  async run(args, context) {
    const isActive = (await readMounts(context)).has(args.name);
    return mountNow(isActive ? { ...args, opts: [...new Set([...args.opts, 'remount'])] } : args, context);
  },
});

export const umount = defineFunction({
  name: 'mount.umount',
  summary: 'Unmounts what is mounted at a path; answers true, or why it could not.',
  args: z.object({ name, device: optional(safeName('a device')).describe('The device to name instead.'), user }),
  examples: ["'*' mount.umount /mnt/foo"],
  async run({ name: point, device, user: account }, context) {
    if (!(await readMounts(context)).has(point)) return `${point} does not have anything mounted`;
    return trueOrComplaint(context, ['umount', '--', device ?? point], asUser(account));
  },
});

export const swaps = defineFunction({
  name: 'mount.swaps',
  summary: 'The swap space in use, by its device or file.',
  args: z.object({}),
  examples: ["'*' mount.swaps"],
  run: async (_args, context) => new Map(await readSwaps(context)),
});

export const swapon = defineFunction({
  name: 'mount.swapon',
  summary: 'Takes swap space into use and answers its figures and whether that was new.',
  args: z.object({ name, priority: optional(integer()).describe('Its priority.') }),
  examples: ["'*' mount.swapon /root/swapfile"],
  async run({ name: device, priority }, context) {
    const before = (await readSwaps(context)).get(device);
    if (before !== undefined) return { stats: before, new: false };
    const options = priority === undefined ? [] : ['-p', String(priority)];
    await trueOrComplaint(context, ['swapon', ...options, '--', device]);
    const after = (await readSwaps(context)).get(device);
    return after === undefined ? {} : { stats: after, new: true };
  },
});

export const swapoff = defineFunction({
  name: 'mount.swapoff',
  summary: 'Takes swap space out of use; answers whether it is, or null when it was not in use.',
  args: z.object({ name }),
  examples: ["'*' mount.swapoff /root/swapfile"],
  async run({ name: device }, context) {
    if (!(await readSwaps(context)).has(device)) return null;
    await trueOrComplaint(context, ['swapoff', '--', device]);
    return !(await readSwaps(context)).has(device);
  },
});

async function mountNow(request: MountRequest, context: FunctionContext): Promise<true | string> {
  const { name: point, device, fstype, opts } = request;
  if (request.mkmnt && (await context.host.files.stat(point, { follow: true })) === undefined)
    await makeMountPoint(request, context);
  const kind = fstype === '' ? [] : ['-t', fstype];
  const command = device === undefined ? ['--', point] : ['-o', opts.join(','), ...kind, '--', device, point];
  return trueOrComplaint(context, ['mount', ...command], asUser(request.user));
}

async function makeMountPoint({ name: point, user: account }: MountRequest, { host }: FunctionContext): Promise<void> {
  const owner = account === undefined ? undefined : await host.account(account);
  if (account !== undefined && owner === undefined)
    throw new AppError({ code: 'host-account', message: `there is no account ${account}` });
  const ids = owner === undefined ? {} : { uid: owner.uid, gid: owner.gid };
  await host.files.makeDirectory(point, { parents: true, ...ids });
}

function asUser(account: string | undefined): { readonly user?: string } {
  return account === undefined ? {} : { user: account };
}

type Swap = Readonly<Record<'type' | 'size' | 'used' | 'priority', string>>;

async function readSwaps({ host }: FunctionContext): Promise<ReadonlyMap<string, Swap>> {
  const content = Buffer.from((await host.files.read('/proc/swaps')) ?? '').toString('utf8');
  const rows = content
    .split('\n')
    .slice(1)
    .filter((line) => line !== '');
  return new Map(
    rows.map((line) => {
      const [device = '', type = '', size = '', used = '', priority = ''] = line.split(/\s+/);
      return [device, { type, size, used, priority }];
    }),
  );
}
