import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, lineText, optional, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { readOutput, runProgram, complaint } from '../run-program.ts';
import { safeName } from '../safe-name.ts';

const quiet = withDefault(flag(), false).describe('Accepted for Salt; a failure is an empty answer.');

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

const pvFields = [
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
const vgFields = [
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
const lvFields = [
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
  async run({ pvname, real }, context) {
    const rows = await display(context, ['pvdisplay', '-c', ...(pvname === undefined ? [] : [pvname])], pvFields);
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
  run: ({ vgname }, context) =>
    display(context, ['vgdisplay', '-c', ...(vgname === undefined ? [] : [vgname])], vgFields),
});

export const lvdisplay = defineFunction({
  name: 'lvm.lvdisplay',
  summary: 'What is known of logical volumes, by path.',
  args: z.object({ lvname: optional(safeName('a logical volume')).describe('Only of this one.'), quiet }),
  examples: ["'*' lvm.lvdisplay", "'*' lvm.lvdisplay /dev/vg_myserver/root"],
  run: ({ lvname }, context) =>
    display(context, ['lvdisplay', '-c', ...(lvname === undefined ? [] : [lvname])], lvFields),
});

async function display(
  context: FunctionContext,
  command: readonly string[],
  fields: readonly string[],
): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
  const [program = ''] = command;
  if ((await context.host.which(program)) === undefined) throw failure(`${program} was not found on this minion.`);
  const { exitCode, stdout } = await context.host.inspect({ command, signal: context.signal, timeout: 300_000 });
  if (exitCode !== 0) {
    context.setRetcode(exitCode);
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

const devices = textList().describe('Devices.');
const override = withDefault(flag(), true).describe('Accepted for Salt; what is done already is done anew.');
const forces = withDefault(flag(), true).describe('Ask nothing.');
const asks = withDefault(flag(), false).describe('Ask nothing.');

export const pvcreate = defineFunction({
  name: 'lvm.pvcreate',
  ignoresOthers: true,
  summary: 'Makes devices physical volumes; answers true.',
  args: z.object({ devices, override, force: forces }),
  examples: ["'*' lvm.pvcreate /dev/sdb1,/dev/sdb2"],
  run: ({ devices: paths, force }, context) =>
    change(context, ['pvcreate', ...(force ? ['--yes'] : []), ...words(paths)]),
});

export const pvremove = defineFunction({
  name: 'lvm.pvremove',
  summary: 'Makes devices physical volumes no more; answers true.',
  args: z.object({ devices, override, force: forces }),
  examples: ["'*' lvm.pvremove /dev/sdb1,/dev/sdb2"],
  run: ({ devices: paths, force }, context) => change(context, ['pvremove', ...(force ? ['-y'] : []), ...words(paths)]),
});

export const vgcreate = defineFunction({
  name: 'lvm.vgcreate',
  ignoresOthers: true,
  summary: 'Makes a volume group of physical volumes; answers what it is.',
  args: z.object({ vgname: safeName('a volume group').describe('Its name.'), devices, force: asks }),
  examples: ["'*' lvm.vgcreate my_vg /dev/sdb1,/dev/sdb2"],
  async run({ vgname, devices: paths, force }, context) {
    await change(context, ['vgcreate', ...(force ? ['--yes'] : []), vgname, ...words(paths)]);
    return display(context, ['vgdisplay', '-c', vgname], vgFields);
  },
});

export const vgextend = defineFunction({
  name: 'lvm.vgextend',
  summary: 'Adds physical volumes to a volume group; answers true.',
  args: z.object({ vgname: safeName('a volume group').describe('Its name.'), devices, force: asks }),
  examples: ["'*' lvm.vgextend my_vg /dev/sdb1,/dev/sdb2"],
  run: ({ vgname, devices: paths, force }, context) =>
    change(context, ['vgextend', ...(force ? ['--yes'] : []), vgname, ...words(paths)]),
});

export const vgremove = defineFunction({
  name: 'lvm.vgremove',
  summary: 'Removes a volume group; answers what was said.',
  args: z.object({
    vgname: safeName('a volume group').describe('Its name.'),
    force: withDefault(flag(), true).describe('Ask nothing.'),
  }),
  examples: ["'*' lvm.vgremove vgname"],
  run: ({ vgname, force }, context) => change(context, ['vgremove', ...(force ? ['-f'] : []), vgname]),
});

export const lvcreate = defineFunction({
  name: 'lvm.lvcreate',
  ignoresOthers: true,
  summary: 'Makes a logical volume; answers what it is.',
  args: z.object({
    lvname: safeName('a logical volume').describe('Its name.'),
    vgname: safeName('a volume group').describe('The group it is made in.'),
    size: optional(lineText()).describe('Its size, e.g. `10G`.'),
    extents: optional(lineText()).describe('Its extents, e.g. `100` or `50%FREE`, instead.'),
    snapshot: optional(safeName('a logical volume')).describe('The volume in the group to make a snapshot of.'),
    pv: optional(safeName('a device')).describe('The physical volume to take it from.'),
    thinvolume: withDefault(flag(), false).describe('Make it in a pool, `vgname/pool`.'),
    thinpool: withDefault(flag(), false).describe('Make it a pool.'),
    force: withDefault(flag(), false).describe('Ask nothing.'),
  }),
  examples: ["'*' lvm.lvcreate new_volume_name vg_name size=10G"],
  async run(args, context) {
    await change(context, ['lvcreate', ...creationWords(args)]);
    const group = args.vgname.split('/')[0] ?? '';
    return display(context, ['lvdisplay', '-c', `/dev/${group}/${args.lvname}`], lvFields);
  },
});

function oneAmount(size: string | undefined, extents: string | undefined): string {
  const [amount, other] = [size, extents].filter((given) => given !== undefined);
  if (amount === undefined || other !== undefined) throw failure('Error: Please specify only one of size or extents');
  return amount;
}

function creationWords(args: {
  readonly lvname: string;
  readonly vgname: string;
  readonly size: string | undefined;
  readonly extents: string | undefined;
  readonly snapshot: string | undefined;
  readonly pv: string | undefined;
  readonly thinvolume: boolean;
  readonly thinpool: boolean;
  readonly force: boolean;
}): readonly string[] {
  const amount = oneAmount(args.size, args.extents);
  if (args.thinvolume && args.thinpool) throw failure('Error: Please set only one of thinvolume or thinpool to True');
  const option = args.thinvolume ? '-V' : args.size === undefined ? '-l' : '-L';
  return [
    ...(args.thinvolume ? ['--thin'] : []),
    ...(args.force ? ['--yes'] : []),
    ...(args.thinpool ? ['--thinpool', args.lvname] : ['-n', args.lvname]),
    ...[option, amount],
    ...(args.snapshot === undefined ? [args.vgname] : ['-s', `${args.vgname}/${args.snapshot}`]),
    ...(args.pv === undefined ? [] : [args.pv]),
  ];
}

export const lvremove = defineFunction({
  name: 'lvm.lvremove',
  summary: 'Removes a logical volume; answers what was said.',
  args: z.object({
    lvname: safeName('a logical volume').describe('Its name.'),
    vgname: safeName('a volume group').describe('Its group.'),
    force: withDefault(flag(), true).describe('Ask nothing.'),
  }),
  examples: ["'*' lvm.lvremove lvname vgname force=True"],
  run: ({ lvname, vgname, force }, context) =>
    change(context, ['lvremove', ...(force ? ['-f'] : []), `${vgname}/${lvname}`]),
});

export const lvresize = resizing('lvm.lvresize', 'lvresize', 'Changes the size of a logical volume');
export const lvextend = resizing('lvm.lvextend', 'lvextend', 'Enlarges a logical volume');

function resizing(name: string, program: string, summary: string) {
  return defineFunction({
    name,
    summary: `${summary}; answers what was said.`,
    args: z.object({
      size: optional(lineText()).describe('The size, e.g. `12G` or `+2G`.'),
      lvpath: safeName('a path').describe('Path of the volume, e.g. /dev/mapper/vg1-test.'),
      extents: optional(lineText()).describe('The extents, e.g. `+100%FREE`, instead.'),
      force: withDefault(flag(), false).describe('Ask nothing.'),
      resizefs: withDefault(flag(), false).describe('Change the size of its file system too.'),
    }),
    examples: [`'*' ${name} +12M /dev/mapper/vg1-test`],
    run({ size, lvpath, extents, force, resizefs }, context) {
      const given = oneAmount(size, extents);
      const options = [...(force ? ['--force'] : []), ...(resizefs ? ['--resizefs'] : [])];
      const amount = [size === undefined ? '-l' : '-L', given];
      return change(context, [program, ...options, ...amount, lvpath]);
    },
  });
}

export const pvresize = defineFunction({
  name: 'lvm.pvresize',
  summary: 'Fits physical volumes to the size of their devices; answers true.',
  args: z.object({ devices, override, force: forces }),
  examples: ["'*' lvm.pvresize /dev/sdb1,/dev/sdb2"],
  run: ({ devices: paths }, context) => change(context, ['pvresize', ...words(paths)]),
});

function words(paths: readonly string[]): readonly string[] {
  const all = paths.flatMap((path) => path.split(',')).map((path) => path.trim());
  const bad = all.find((path) => !/^\/[^\n\0]*$/.test(path));
  if (bad !== undefined) throw failure(`${bad} does not exist`);
  return all;
}

async function change(context: FunctionContext, command: readonly string[]): Promise<string | true> {
  const result = await runProgram(context, command, { timeout: 600_000 });
  if (result.exitCode !== 0) throw failure(`${command[0] ?? ''} failed: ${complaint(result)}`);
  const said = result.stdout.trim();
  return said === '' || !['vgremove', 'lvremove', 'lvresize', 'lvextend'].includes(command[0] ?? '') ? true : said;
}
