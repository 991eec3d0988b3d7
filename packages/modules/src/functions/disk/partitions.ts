import { z } from 'zod';
import { oneOf, operand, optional, text, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { runProgram } from '../run-program.ts';

const device = operand()
  .refine((value) => value.startsWith('/dev/'), 'must be a path below /dev')
  .describe('The disk.');
const boundary = optional(
  text().refine((value) => /^-?\d+(?:\.\d+)?(?:s|B|[kKMGTP]i?B|%)?$/.test(value), 'must be a place, as 0, 50% or 10GB'),
);

export const mklabel = defineFunction({
  name: 'partition.mklabel',
  summary: 'Makes a new table of partitions on a disk, which loses all that is on it.',
  args: z.object({
    device,
    label_type: oneOf('aix', 'amiga', 'bsd', 'dvh', 'gpt', 'loop', 'mac', 'msdos', 'pc98', 'sun').describe('Its kind.'),
  }),
  examples: ["'*' partition.mklabel /dev/sda msdos"],
  run: ({ device: disk, label_type: label }, context) => part(context, ['-m', '-s', disk, 'mklabel', label]),
});

export const mkpart = defineFunction({
  name: 'partition.mkpart',
  summary: 'Makes a partition on a disk.',
  args: z.object({
    device,
    part_type: oneOf('primary', 'logical', 'extended').describe('Its kind.'),
    fs_type: optional(
      oneOf(
        ...[
          'ext2',
          'ext3',
          'ext4',
          'fat16',
          'fat32',
          'hfs',
          'hfs+',
          'hfsx',
          'linux-swap',
          'ntfs',
          'reiserfs',
          'ufs',
          'xfs',
          'btrfs',
          'lvm',
          'nvme',
        ],
      ),
    ).describe('The file system it is for.'),
    start: boundary.describe('Where it begins, in megabytes unless a unit is named.'),
    end: boundary.describe('Where it ends.'),
  }),
  examples: ["'*' partition.mkpart /dev/sda primary start=0 end=639"],
  run: ({ device: disk, part_type: kind, fs_type: type, start, end }, context) =>
    part(context, [
      ...['-m', '-s', '--', disk, 'mkpart', kind],
      ...[type, start, end].filter((word) => word !== undefined),
    ]),
});

export const probe = defineFunction({
  name: 'partition.probe',
  summary: 'Has the kernel read tables of partitions anew.',
  args: z.object({ args: withDefault(textList(), []).describe('The disks; all unless given.') }),
  variadic: 'args',
  examples: ["'*' partition.probe", "'*' partition.probe /dev/sda"],
  async run({ args }, context) {
    const bad = args.find((disk) => !disk.startsWith('/dev/'));
    if (bad !== undefined) throw failure(`${bad} is no path below /dev.`);
    return said(await runProgram(context, ['partprobe', ...args], { timeout: 60_000 }));
  },
});

async function part(context: FunctionContext, words: readonly string[]): Promise<string[]> {
  return said(await runProgram(context, ['parted', ...words], { timeout: 300_000 }));
}

const said = ({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string[] =>
  `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
