import { z } from 'zod';
import { lineText } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { device, minor, onePartition, parted } from './parted.ts';

const diskFlags = ['cylinder_alignment', 'pmbr_boot', 'implicit_partition_table'];
const partitionFlags = [
  'boot',
  'root',
  'swap',
  'hidden',
  'raid',
  'lvm',
  'lba',
  'hp-service',
  'palo',
  'prep',
  'msftres',
].concat(['bios_grub', 'atvrecv', 'diag', 'legacy_boot', 'msftdata', 'irst', 'esp', 'type']);

const partitionFlag = lineText().describe('A flag, such as boot or lvm.');
const diskFlag = lineText().describe('pmbr_boot, cylinder_alignment or implicit_partition_table.');
const state = lineText().describe('on or off; in quotes (\'"on"\'), or YAML makes a truth value of it.');

function check(flag: string, flags: readonly string[], fun: string): string {
  if (!flags.includes(flag)) throw failure(`Invalid flag passed to partition.${fun}`);
  return flag;
}

function checkState(word: string, fun: string): string {
  if (word !== 'on' && word !== 'off') throw failure(`Invalid state passed to partition.${fun}`);
  return word;
}

export const set = defineFunction({
  name: 'partition.set',
  summary: 'Sets a flag of a partition.',
  args: onePartition.extend({ flag: partitionFlag, state }),
  examples: ["'*' partition.set /dev/sda 1 boot '\"on\"'"],
  run(args, context) {
    const words = [check(args.flag, partitionFlags, 'set'), checkState(args.state, 'set')];
    return parted(context, args.device, ['set', String(args.minor), ...words]);
  },
});

export const toggle = defineFunction({
  name: 'partition.toggle',
  summary: 'Turns a flag of a partition over.',
  args: z.object({ device, partition: minor, flag: partitionFlag }),
  examples: ["'*' partition.toggle /dev/sda 1 boot"],
  run: (args, context) =>
    parted(context, args.device, ['toggle', String(args.partition), check(args.flag, partitionFlags, 'toggle')]),
});

export const diskSet = defineFunction({
  name: 'partition.disk_set',
  summary: 'Sets a flag of a disk.',
  args: z.object({ device, flag: diskFlag, state }),
  examples: ["'*' partition.disk_set /dev/sda pmbr_boot '\"on\"'"],
  run(args, context) {
    const words = [check(args.flag, diskFlags, 'disk_set'), checkState(args.state, 'disk_set')];
    return parted(context, args.device, ['disk_set', ...words]);
  },
});

export const diskToggle = defineFunction({
  name: 'partition.disk_toggle',
  summary: 'Turns a flag of a disk over.',
  args: z.object({ device, flag: diskFlag }),
  examples: ["'*' partition.disk_toggle /dev/sda pmbr_boot"],
  run: (args, context) => parted(context, args.device, ['disk_toggle', check(args.flag, diskFlags, 'disk_toggle')]),
});
