import { z } from 'zod';
import { integer, lineText, optional, text } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { runAndTellLines } from '../run-program.ts';
import {
  checkDevice,
  device,
  minor,
  onePartition,
  parted,
  readBoundary,
  readFileSystem,
  type Lines,
} from './parted.ts';

const place = (what: string) => lineText().describe(what);
const tables = ['aix', 'amiga', 'bsd', 'dvh', 'gpt', 'loop', 'mac', 'msdos', 'pc98', 'sun'];

export const mklabel = defineFunction({
  name: 'partition.mklabel',
  summary: 'Gives a disk a new, empty partition table.',
  args: z.object({ device, label_type: lineText().describe('Its kind: gpt, msdos, …') }),
  examples: ["'*' partition.mklabel /dev/sda msdos"],
  async run(args, context) {
    if (!tables.includes(args.label_type)) throw failure('Invalid label_type passed to partition.mklabel');
    return parted(context, args.device, ['mklabel', args.label_type]);
  },
});

const making = z.object({
  device,
  part_type: lineText().describe('primary, logical or extended.'),
  fs_type: optional(lineText()).describe('The file system it is meant for.'),
  start: optional(lineText()).describe('Where it begins, in megabytes unless a unit is given.'),
  end: optional(lineText()).describe('Where it ends.'),
});

async function makePartition(args: z.infer<typeof making>, context: FunctionContext): Lines {
  await checkDevice(context, args.device);
  if (!['primary', 'logical', 'extended'].includes(args.part_type))
    throw failure('Invalid part_type passed to partition.mkpart');
  const kind = args.fs_type === undefined ? [] : [readFileSystem(args.fs_type, 'mkpart')];
  const ends = [args.start, args.end].map((end) => (end === undefined ? '' : readBoundary(end)));
  return parted(context, args.device, ['mkpart', args.part_type, ...kind, ...ends]);
}

export const mkpart = defineFunction({
  name: 'partition.mkpart',
  summary: 'Makes a partition.',
  args: making,
  examples: ["'*' partition.mkpart /dev/sda primary fs_type=fat32 start=0 end=639"],
  run: makePartition,
});

export const mkpartfs = defineFunction({
  name: 'partition.mkpartfs',
  summary: 'Another name of partition.mkpart.',
  args: making,
  examples: ["'*' partition.mkpartfs /dev/sda primary fs_type=fat32 start=0 end=639"],
  run: makePartition,
});

export const mkfs = defineFunction({
  name: 'partition.mkfs',
  summary: 'Makes a file system on a partition; what was on it is lost.',
  args: z.object({ device, fs_type: lineText().describe('Its kind: ext4, fat32, linux-swap, xfs, …') }),
  examples: ["'*' partition.mkfs /dev/sda2 fat32"],
  async run(args, context) {
    await checkDevice(context, args.device);
    const kind = readFileSystem(args.fs_type, 'mkfs').toLowerCase();
    const program = kind === 'linux-swap' ? 'mkswap' : `mkfs.${kind}`;
    if ((await context.host.which(program)) === undefined) return `Error: ${program} is unavailable.`;
    return runAndTellLines(context, [program, args.device]);
  },
});

export const name = defineFunction({
  name: 'partition.name',
  summary: 'Names a partition, where the table has names.',
  args: z.object({ device, partition: minor, name: text().describe('Letters, digits, blanks, _ and -.') }),
  examples: ["'*' partition.name /dev/sda 1 'My Documents'"],
  async run(args, context) {
    if (!/^[\w -]*$/.test(args.name)) throw failure('Invalid characters passed to partition.name');
    return parted(context, args.device, ['name', String(args.partition), `'${args.name}'`]);
  },
});

export const rescue = defineFunction({
  name: 'partition.rescue',
  summary: 'Looks for a lost partition between two places of a disk.',
  args: z.object({ device, start: place('Where it began.'), end: place('Where it ended.') }),
  examples: ["'*' partition.rescue /dev/sda 0 8056"],
  run: (args, context) => parted(context, args.device, ['rescue', readBoundary(args.start), readBoundary(args.end)]),
});

export const resize = defineFunction({
  name: 'partition.resize',
  summary: 'Has parted move the ends of a partition; versions of our time no longer do.',
  args: onePartition.extend({ start: place('Where it is to begin.'), end: place('Where it is to end.') }),
  examples: ["'*' partition.resize /dev/sda 3 200 850"],
  run: (args, context) =>
    parted(context, args.device, ['resize', String(args.minor), readBoundary(args.start), readBoundary(args.end)]),
});

export const rm = defineFunction({
  name: 'partition.rm',
  summary: 'Removes a partition from the table.',
  args: onePartition,
  examples: ["'*' partition.rm /dev/sda 5"],
  run: (args, context) => parted(context, args.device, ['rm', String(args.minor)]),
});

export const cp = defineFunction({
  name: 'partition.cp',
  summary: 'Has parted copy a file system to another partition; versions of our time no longer do.',
  args: z.object({
    device,
    from_minor: integer().describe('Number of the partition to copy.'),
    to_minor: integer().describe('Number of the one that is overwritten.'),
  }),
  examples: ["'*' partition.cp /dev/sda 2 3"],
  run: (args, context) => parted(context, args.device, ['cp', String(args.from_minor), String(args.to_minor)]),
});

export const setId = defineFunction({
  name: 'partition.set_id',
  summary: 'Sets the type of a partition, as sfdisk writes it: 82 for swap, 8e for LVM and so on.',
  args: onePartition.extend({ system_id: lineText().describe('The type.') }),
  examples: ["'*' partition.set_id /dev/sda 1 83"],
  async run(args, context) {
    await checkDevice(context, args.device);
    if (!/^[\dA-Za-z-]+$/.test(args.system_id) || args.system_id.startsWith('-'))
      throw failure('Invalid system_id passed to partition.set_id');
    return runAndTellLines(context, ['sfdisk', '--part-type', args.device, String(args.minor), args.system_id]);
  },
});
