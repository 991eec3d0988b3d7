import { z } from 'zod';
import { integer, lineText, optional, textList, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { runAndTell, runAndTellLines } from '../run-program.ts';
import { checkDevice, device, onePartition, parted, readUnit } from './parted.ts';
import { readPartitions } from './read-partitions.ts';

export const probe = defineFunction({
  name: 'partition.probe',
  summary: 'Has the kernel read the partitions of disks anew, of all unless some are named.',
  args: z.object({ devices: withDefault(textList(), []).describe('Paths of disks.') }),
  variadic: 'devices',
  examples: ["'*' partition.probe", "'*' partition.probe /dev/sda /dev/sdb"],
  async run({ devices }, context) {
    for (const path of devices) await checkDevice(context, path);
    return runAndTellLines(context, ['partprobe', '--', ...devices]);
  },
});

export const list = defineFunction({
  name: 'partition.list',
  summary: 'What a disk is, and its partitions by number.',
  args: z.object({ device, unit: optional(lineText()).describe('The unit of sizes: s, B, kB, MiB, %, …') }),
  examples: ["'*' partition.list /dev/sda", "'*' partition.list /dev/sda unit=s"],
  async run(args, context) {
    await checkDevice(context, args.device);
    const unit = args.unit === undefined ? [] : ['unit', readUnit(args.unit, 'part_list')];
    const command = ['parted', '-m', '-s', '--', args.device, ...unit, 'print'];
    const said = await runAndTell(context, command, { mergeStderr: false });
    return readPartitions(said.split('\n'), args.unit);
  },
});

export const alignCheck = defineFunction({
  name: 'partition.align_check',
  summary: 'Whether a partition is aligned, in words of parted.',
  args: z.object({
    device,
    part_type: lineText().describe('minimal or optimal.'),
    partition: integer().describe('Number of the partition.'),
  }),
  examples: ["'*' partition.align_check /dev/sda minimal 1"],
  async run(args, context) {
    if (!['minimal', 'optimal'].includes(args.part_type))
      throw failure('Invalid part_type passed to partition.align_check');
    await checkDevice(context, args.device);
    // With -s it says nothing.
    return runAndTellLines(context, [
      'parted',
      '-m',
      '--',
      args.device,
      'align-check',
      args.part_type,
      String(args.partition),
    ]);
  },
});

export const check = defineFunction({
  name: 'partition.check',
  summary: 'Has parted check a file system; versions of our time no longer do.',
  args: onePartition,
  examples: ["'*' partition.check /dev/sda 1"],
  run: (args, context) => parted(context, args.device, ['check', String(args.minor)]),
});

export const exists = defineFunction({
  name: 'partition.exists',
  summary: 'Whether there is a block device at a path.',
  args: z.object({ device: withDefault(lineText(), '').describe('The path.') }),
  examples: ["'*' partition.exists /dev/sdb1"],
  async run(args, { host }) {
    const stat = args.device === '' ? undefined : await host.files.stat(args.device, { follow: true });
    return stat?.kind === 'block-device';
  },
});

export const getBlockDevice = defineFunction({
  name: 'partition.get_block_device',
  summary: 'The names of the disks.',
  args: z.object({}),
  examples: ["'*' partition.get_block_device"],
  run: (_args, context) => runAndTellLines(context, ['lsblk', '-n', '-io', 'KNAME', '-d', '-e', '1,7,11', '-l']),
});

export const getId = defineFunction({
  name: 'partition.get_id',
  summary: 'The type of a partition as sfdisk writes it, such as 83 for Linux.',
  args: onePartition,
  examples: ["'*' partition.get_id /dev/sda 1"],
  async run(args, context) {
    await checkDevice(context, args.device);
    return runAndTellLines(context, ['sfdisk', '--part-type', args.device, String(args.minor)]);
  },
});

export const systemTypes = defineFunction({
  name: 'partition.system_types',
  summary: 'The types of partitions that sfdisk knows, with the first word of what each is for.',
  args: z.object({}),
  examples: ["'*' partition.system_types"],
  async run(_args, context) {
    const lines = await runAndTellLines(context, ['sfdisk', '-T']);
    const rows = lines.filter((line) => line !== '' && !line.startsWith('Id')).map((line) => line.trim().split(/\s+/));
    return Object.fromEntries(rows.map(([id = '', word = '']) => [id, word]));
  },
});
