import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, integer, lineText, oneOf, optional, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { succeeds } from '../run-program.ts';
import { safeName } from '../safe-name.ts';

const device = safeName('a device').describe('The device.');

export const blkid = defineFunction({
  name: 'disk.blkid',
  summary: 'What blkid knows of block devices, by device.',
  args: z.object({
    device: optional(safeName('a device')).describe('One device.'),
    token: optional(lineText()).describe('Only devices with this, e.g. `TYPE=ext4`.'),
  }),
  examples: ["'*' disk.blkid", "'*' disk.blkid /dev/sda", "'*' disk.blkid token='TYPE=ext4'"],
  async run({ device: wanted, token }, { host, signal, setRetcode }) {
    const chosen = wanted === undefined ? (token === undefined ? [] : ['-t', token]) : [wanted];
    const result = await host.inspect({ command: ['blkid', ...chosen], signal });
    if (result.exitCode !== 0) {
      setRetcode(result.exitCode);
      return {};
    }
    const lines = result.stdout.split('\n').filter((line) => line.includes(':'));
    return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(': ')), readTags(line)]));
  },
});

export const fstype = defineFunction({
  name: 'disk.fstype',
  summary: 'The kind of file system on a device; an empty text when there is none.',
  args: z.object({ device }),
  examples: ["'*' disk.fstype /dev/sdX1"],
  run: ({ device: wanted }, context) => fileSystemOf(context, wanted),
});

export const dump = defineFunction({
  name: 'disk.dump',
  summary: 'What blockdev tells of a device; false when it cannot.',
  args: z.object({
    device,
    args: optional(textList()).describe('Only these figures, e.g. `getra`.'),
  }),
  examples: ["'*' disk.dump /dev/sda1"],
  async run({ device: wanted, args: chosen }, { host, signal, setRetcode }) {
    const asked = chosen === undefined ? figures : figures.filter((name) => chosen.includes(name));
    const options = asked.map((name) => `--${name}`);
    const result = await host.inspect({ command: ['blockdev', ...options, wanted], signal });
    if (result.exitCode !== 0) {
      setRetcode(result.exitCode);
      return false;
    }
    const lines = result.stdout.split('\n').filter((line) => line !== '');
    return Object.fromEntries(lines.map((line, index): [string, Plain] => [asked[index] ?? '', line]));
  },
});

export const wipe = defineFunction({
  name: 'disk.wipe',
  summary: 'Removes the marks of file systems from a device; answers whether that went well.',
  args: z.object({ device }),
  examples: ["'*' disk.wipe /dev/sda1"],
  run: ({ device: wanted }, context) => succeeds(context, ['wipefs', '-a', '--', wanted]),
});

export const resize2fs = defineFunction({
  name: 'disk.resize2fs',
  summary: 'Lets an ext file system fill its device; answers whether that went well.',
  args: z.object({ device }),
  examples: ["'*' disk.resize2fs /dev/sda1"],
  run: ({ device: wanted }, context) => succeeds(context, ['resize2fs', wanted]),
});

export const format = defineFunction({
  name: 'disk.format',
  summary: 'Makes a file system on a device, whose content is lost; answers whether that went well.',
  args: z.object({
    device,
    fs_type: withDefault(safeName('a kind of file system'), 'ext4').describe('Kind of the file system.'),
    inode_size: optional(integer()).describe('Bytes for each inode, on ext and xfs.'),
    lazy_itable_init: optional(flag()).describe('Whether ext makes its inode tables later.'),
    fat: optional(oneOf('12', '16', '32')).describe('Width of the entries of a fat file system.'),
    force: withDefault(flag(), false).describe('Make it though there is one, on ext and xfs.'),
  }),
  examples: ["'*' disk.format /dev/sda1"],
  async run(request, context) {
    const isMade = await succeeds(context, ['mkfs', '-t', request.fs_type, ...formatOptions(request), request.device]);
    return (await succeeds(context, ['sync'])) && isMade;
  },
});

const figures = [
  ...['getro', 'getsz', 'getss', 'getpbsz', 'getiomin', 'getioopt', 'getalignoff'],
  ...['getmaxsect', 'getsize', 'getsize64', 'getra', 'getfra'],
];

function readTags(line: string): Record<string, Plain> {
  return Object.fromEntries(
    Array.from(line.matchAll(/([\w-]+)="([^"]*)"/g), ([, name = '', value = '']) => [name, value]),
  );
}

/** The kind of file system on a device; an empty text when there is none. */
export async function fileSystemOf({ host, signal }: FunctionContext, device: string): Promise<string> {
  const listed = await host.inspect({ command: ['lsblk', '-n', '-d', '-o', 'FSTYPE', device], signal });
  const kind = listed.exitCode === 0 ? listed.stdout.trim() : '';
  if (kind !== '') return kind;
  const mounted = await host.inspect({ command: ['df', '-T', device], signal });
  return mounted.exitCode === 0 ? (mounted.stdout.split('\n')[1]?.split(/\s+/)[1] ?? '') : '';
}

function formatOptions(request: {
  readonly fs_type: string;
  readonly inode_size: number | undefined;
  readonly lazy_itable_init: boolean | undefined;
  readonly fat: string | undefined;
  readonly force: boolean;
}): readonly string[] {
  const { fs_type: kind, inode_size: size, lazy_itable_init: lazy, fat, force } = request;
  if (kind.startsWith('ext'))
    return [
      ...(size === undefined ? [] : ['-i', String(size)]),
      ...(lazy === undefined ? [] : ['-E', `lazy_itable_init=${lazy ? 1 : 0}`]),
      ...(force ? ['-F'] : []),
    ];
  if (kind === 'xfs') return [...(size === undefined ? [] : ['-i', `size=${size}`]), ...(force ? ['-f'] : [])];
  return kind.endsWith('fat') && fat !== undefined ? ['-F', fat] : [];
}
