import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, optional, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { readOutput } from '../run-program.ts';
import { safeName } from '../safe-name.ts';

const quiet = withDefault(flag(), false).describe('Leave the status of the call alone when there is none.');

export const fullversion = defineFunction({
  name: 'lvm.fullversion',
  summary: 'The versions of LVM, its library and its driver.',
  args: z.object({}),
  examples: ["'*' lvm.fullversion"],
  run: async (_args, context) => Object.fromEntries(await readVersions(context)),
});

export const version = defineFunction({
  name: 'lvm.version',
  summary: 'The version of LVM.',
  args: z.object({}),
  examples: ["'*' lvm.version"],
  run: async (_args, context) => (await readVersions(context)).get('LVM version') ?? '',
});

async function readVersions(context: FunctionContext): Promise<ReadonlyMap<string, string>> {
  const lines = (await readOutput(context, ['lvm', 'version'])).split('\n').filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.split(':')[0]?.trim() ?? '', line.slice(line.indexOf(':') + 1).trim()]));
}

export const pvFields = [
  'Physical Volume Device',
  'Volume Group Name',
  'Physical Volume Size (kB)',
  'Internal Physical Volume Number',
  'Physical Volume Status',
  'Physical Volume (not) Allocatable',
  'Current Logical Volumes Here',
  'Physical Extent Size (kB)',
  'Total Physical Extents',
  'Free Physical Extents',
  'Allocated Physical Extents',
];
export const vgFields = [
  'Volume Group Name',
  'Volume Group Access',
  'Volume Group Status',
  'Internal Volume Group Number',
  'Maximum Logical Volumes',
  'Current Logical Volumes',
  'Open Logical Volumes',
  'Maximum Logical Volume Size',
  'Maximum Physical Volumes',
  'Current Physical Volumes',
  'Actual Physical Volumes',
  'Volume Group Size (kB)',
  'Physical Extent Size (kB)',
  'Total Physical Extents',
  'Allocated Physical Extents',
  'Free Physical Extents',
  'UUID',
];
export const lvFields = [
  'Logical Volume Name',
  'Volume Group Name',
  'Logical Volume Access',
  'Logical Volume Status',
  'Internal Logical Volume Number',
  'Open Logical Volumes',
  'Logical Volume Size',
  'Current Logical Extents Associated',
  'Allocated Logical Extents',
  'Allocation Policy',
  'Read Ahead Sectors',
  'Major Device Number',
  'Minor Device Number',
];

export const pvdisplay = defineFunction({
  name: 'lvm.pvdisplay',
  summary: 'What is known of physical volumes, by device.',
  args: z.object({
    pvname: optional(safeName('a device')).describe('Only of this one.'),
    real: withDefault(flag(), false).describe('Name devices by their real paths.'),
    quiet,
  }),
  examples: ["'*' lvm.pvdisplay", "'*' lvm.pvdisplay /dev/md0"],
  async run({ pvname, real, quiet: isQuiet }, context) {
    const rows = await display(
      context,
      ['pvdisplay', '-c', ...(pvname === undefined ? [] : [pvname])],
      pvFields,
      isQuiet,
    );
    if (!real) return rows;
    const renamed = Object.values(rows).map(async (row): Promise<[string, Plain]> => {
      const device = row['Physical Volume Device'] ?? '';
      const path = (await context.host.files.realPath(device)) ?? device;
      return [path, { ...row, 'Real Physical Volume Device': path }];
    });
    return Object.fromEntries(await Promise.all(renamed));
  },
});

export const vgdisplay = defineFunction({
  name: 'lvm.vgdisplay',
  summary: 'What is known of volume groups, by name.',
  args: z.object({ vgname: optional(safeName('a volume group')).describe('Only of this one.'), quiet }),
  examples: ["'*' lvm.vgdisplay", "'*' lvm.vgdisplay nova-volumes"],
  run: ({ vgname, quiet: isQuiet }, context) =>
    display(context, ['vgdisplay', '-c', ...(vgname === undefined ? [] : [vgname])], vgFields, isQuiet),
});

export const lvdisplay = defineFunction({
  name: 'lvm.lvdisplay',
  summary: 'What is known of logical volumes, by path.',
  args: z.object({ lvname: optional(safeName('a logical volume')).describe('Only of this one.'), quiet }),
  examples: ["'*' lvm.lvdisplay", "'*' lvm.lvdisplay /dev/vg_myserver/root"],
  run: ({ lvname, quiet: isQuiet }, context) =>
    display(context, ['lvdisplay', '-c', ...(lvname === undefined ? [] : [lvname])], lvFields, isQuiet),
});

/** Rows of what a program of LVM displays with `-c`, by their first column; none when it fails, whose status is that of the call. */
export async function display(
  context: FunctionContext,
  command: readonly string[],
  fields: readonly string[],
  isQuiet = false,
): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
  const [program = ''] = command;
  if ((await context.host.which(program)) === undefined) throw failure(`${program} was not found on this minion.`);
  const { exitCode, stdout } = await context.host.inspect({ command, signal: context.signal, timeout: 300_000 });
  if (exitCode !== 0) {
    if (!isQuiet) context.setRetcode(exitCode);
    return {};
  }
  const rows = stdout.split('\n').filter((line) => line.includes(':') && !line.includes('is a new physical volume'));
  return Object.fromEntries(
    rows.map((line) => {
      const words = line.trim().split(':');
      return [words[0] ?? '', Object.fromEntries(fields.map((field, index) => [field, words[index] ?? '']))];
    }),
  );
}
