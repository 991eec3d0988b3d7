import { z } from 'zod';
import { accountName, fileMode, integer, oneOf, optional, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { Host } from '../../kit/host.ts';
import { deviceNumbers } from '../../providers/files/device-numbers.ts';
import { makeParents } from '../../providers/files/make-parents.ts';
import { toAttributes } from '../../providers/files/ownership.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { filePath } from './file-path.ts';

const owner = {
  user: optional(accountName()).describe('Owner of the node.'),
  group: optional(accountName()).describe('Group of the node.'),
  mode: withDefault(fileMode(), 0o660).describe('Permission bits.'),
};
const numbers = {
  major: integer().describe('Major number of the device.'),
  minor: integer().describe('Minor number of the device.'),
};

export const getDevmm = defineFunction({
  name: 'file.get_devmm',
  summary: 'Major and minor number of a device node; zeros for anything else.',
  args: z.object({ name: filePath() }),
  examples: ["'*' file.get_devmm /dev/null"],
  async run({ name }, { host }) {
    const path = await expandHome(host, name);
    const kind = (await host.files.stat(path, { follow: true }))?.kind;
    if (kind !== 'character-device' && kind !== 'block-device') return [0, 0];
    const { major, minor } = await deviceNumbers(host, path);
    return [major, minor];
  },
});

export const mknod = defineFunction({
  name: 'file.mknod',
  summary: 'Makes a device node or a named pipe, with the folders above it.',
  args: z.object({
    name: filePath(),
    ntype: oneOf('c', 'b', 'p').describe('c for a character device, b for a block device, p for a named pipe.'),
    major: withDefault(integer(), 0).describe('Major number of the device.'),
    minor: withDefault(integer(), 0).describe('Minor number of the device.'),
    ...owner,
    mode: withDefault(fileMode(), 0o600).describe('Permission bits.'),
  }),
  examples: ["'*' file.mknod /dev/chr c 180 31", "'*' file.mknod /dev/fifo p"],
  async run({ name, ntype, ...node }, { host }) {
    await makeParents(host, await expandHome(host, name), { user: node.user, group: node.group });
    return make(host, kinds[ntype], { name, ...node });
  },
});

export const mknodChrdev = defineFunction({
  name: 'file.mknod_chrdev',
  summary: 'Makes a character device.',
  args: z.object({ name: filePath(), ...numbers, ...owner }),
  examples: ["'*' file.mknod_chrdev /dev/chr 180 31"],
  run: (node, { host }) => make(host, kinds.c, node),
});

export const mknodBlkdev = defineFunction({
  name: 'file.mknod_blkdev',
  summary: 'Makes a block device.',
  args: z.object({ name: filePath(), ...numbers, ...owner }),
  examples: ["'*' file.mknod_blkdev /dev/blk 8 999"],
  run: (node, { host }) => make(host, kinds.b, node),
});

export const mknodFifo = defineFunction({
  name: 'file.mknod_fifo',
  summary: 'Makes a named pipe.',
  args: z.object({ name: filePath(), ...owner }),
  examples: ["'*' file.mknod_fifo /dev/fifo"],
  run: (node, { host }) => make(host, kinds.p, { ...node, major: 0, minor: 0 }),
});

const kinds = {
  c: { kind: 'character-device', title: 'Character device' },
  b: { kind: 'block-device', title: 'Block device' },
  p: { kind: 'fifo', title: 'Fifo pipe' },
} as const;

interface Node {
  readonly name: string;
  readonly major: number;
  readonly minor: number;
  readonly user: string | number | undefined;
  readonly group: string | number | undefined;
  readonly mode: number;
}

async function make(
  host: Host,
  { kind, title }: (typeof kinds)[keyof typeof kinds],
  { name: given, major, minor, ...ownership }: Node,
): Promise<{ name: string; changes: Record<string, string>; comment: string; result: boolean }> {
  const name = await expandHome(host, given);
  if ((await host.files.stat(name)) !== undefined)
    return { name, changes: {}, comment: `File ${name} exists and cannot be overwritten`, result: false };
  const attributes = await toAttributes(host, ownership);
  await host.files.makeNode(name, kind, { major, minor });
  await host.files.setAttributes(name, attributes);
  return { name, changes: { new: `${title} ${name} created.` }, comment: '', result: true };
}
