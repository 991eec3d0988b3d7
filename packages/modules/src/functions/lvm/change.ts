import { pythonStr, type Dict, type Plain } from '@brine/common';
import { z } from 'zod';
import { dict, flag, lineText, optional, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { isTruthy } from '../../kit/truth.ts';
import { complaint, runProgram } from '../run-program.ts';
import { safeName } from '../safe-name.ts';
import { display, lvFields, pvFields, vgFields } from './volumes.ts';

const devices = textList().describe('Devices.');
const vgname = safeName('a volume group').describe('Its name.');
const forces = withDefault(flag(), true).describe('Ask nothing.');
const asks = withDefault(flag(), false).describe('Ask nothing.');

export const pvcreate = defineFunction({
  name: 'lvm.pvcreate',
  summary: 'Makes devices physical volumes; answers true, or as text why not.',
  args: z.object({
    devices,
    override: withDefault(flag(), true).describe('Leave out devices that are physical volumes already.'),
    force: forces,
    options: dict().describe('Options of pvcreate by name: `metadatasize`, `dataalignment`, …'),
  }),
  keywords: 'options',
  examples: ["'*' lvm.pvcreate /dev/sdb1,/dev/sdb2", "'*' lvm.pvcreate /dev/sdb1 dataalignmentoffset=7s"],
  async run({ devices: given, override, force, options }, context): Promise<Plain> {
    const wanted: string[] = [];
    for (const device of pathsOf(given)) {
      if (!(await exists(device, context))) return `${device} does not exist`;
      if (!(await isVolume(device, context))) wanted.push(device);
      else if (!override) return `Device "${device}" is already an LVM physical volume.`;
    }
    if (wanted.length === 0) return given.length === 0 ? 'Error: at least one device is required' : true;
    const words = optionWords(options, pvcreateOptions);
    const refusal = await failureOf(['pvcreate', quietOrYes(force), ...words, ...wanted], context);
    return refusal ?? unaffected(wanted, true, context);
  },
});

export const pvremove = defineFunction({
  name: 'lvm.pvremove',
  summary: 'Makes devices physical volumes no more; answers true, or as text why not.',
  args: z.object({
    devices,
    override: withDefault(flag(), true).describe('Leave out devices that are no physical volumes.'),
    force: forces,
  }),
  examples: ["'*' lvm.pvremove /dev/sdb1,/dev/sdb2"],
  async run({ devices: given, override, force }, context): Promise<Plain> {
    const wanted = await volumesAmong(given, override, context);
    if (typeof wanted === 'string') return wanted;
    if (wanted.length === 0) return true;
    return (await failureOf(['pvremove', quietOrYes(force), ...wanted], context)) ?? unaffected(wanted, false, context);
  },
});

export const pvresize = defineFunction({
  name: 'lvm.pvresize',
  summary: 'Fits physical volumes to the size of their devices; answers true, or as text why not.',
  args: z.object({
    devices,
    override: withDefault(flag(), true).describe('Leave out devices that are no physical volumes.'),
    force: forces,
  }),
  examples: ["'*' lvm.pvresize /dev/sdb1,/dev/sdb2"],
  async run({ devices: given, override, force }, context): Promise<Plain> {
    const wanted = await volumesAmong(given, override, context);
    if (typeof wanted === 'string') return wanted;
    return wanted.length === 0 || ((await failureOf(['pvresize', quietOrYes(force), ...wanted], context)) ?? true);
  },
});

export const vgcreate = defineFunction({
  name: 'lvm.vgcreate',
  summary: 'Makes a volume group of physical volumes; answers what it is, and what was said.',
  args: z.object({
    vgname,
    devices,
    force: asks,
    options: dict().describe('Options of vgcreate by name: `physicalextentsize`, `addtag`, …'),
  }),
  keywords: 'options',
  examples: ["'*' lvm.vgcreate my_vg /dev/sdb1,/dev/sdb2", "'*' lvm.vgcreate my_vg /dev/sdb1 clustered=y"],
  async run({ vgname: name, devices: given, force, options }, context): Promise<Plain> {
    const paths = pathsOf(given);
    if (paths.length === 0) return 'Error: vgname and device(s) are both required';
    const command = ['vgcreate', quietOrYes(force), ...optionWords(options, vgcreateOptions), name, ...paths];
    const said = (await failureOf(command, context)) ?? `Volume group "${name}" successfully created`;
    return { ...(await display(context, ['vgdisplay', '-c', name], vgFields)), 'Output from vgcreate': said };
  },
});

export const vgextend = defineFunction({
  name: 'lvm.vgextend',
  summary: 'Adds physical volumes to a volume group; answers what was said.',
  args: z.object({ vgname, devices, force: asks }),
  examples: ["'*' lvm.vgextend my_vg /dev/sdb1,/dev/sdb2"],
  async run({ vgname: name, devices: given, force }, context): Promise<Plain> {
    const paths = pathsOf(given);
    if (paths.length === 0) return 'Error: vgname and device(s) are both required';
    const refusal = await failureOf(['vgextend', quietOrYes(force), name, ...paths], context);
    return { 'Output from vgextend': refusal ?? `Volume group "${name}" successfully extended` };
  },
});

export const vgremove = defineFunction({
  name: 'lvm.vgremove',
  summary: 'Removes a volume group; answers what was said.',
  args: z.object({ vgname, force: forces }),
  examples: ["'*' lvm.vgremove vgname"],
  run: async ({ vgname: name, force }, context) =>
    (await failureOf(['vgremove', quietOrYes(force), name], context)) ?? `Volume group "${name}" successfully removed`,
});

export const lvcreate = defineFunction({
  name: 'lvm.lvcreate',
  summary: 'Makes a logical volume; answers what it is, and what was said.',
  args: z.object({
    lvname: safeName('a logical volume').describe('Its name.'),
    vgname: safeName('a volume group').describe('The group it is made in.'),
    size: optional(lineText()).describe('Its size, e.g. `10G`.'),
    extents: optional(lineText()).describe('Its extents, e.g. `100` or `50%FREE`, instead.'),
    snapshot: optional(safeName('a logical volume')).describe('The volume in the group to make a snapshot of.'),
    pv: optional(safeName('a device')).describe('The physical volume to take it from.'),
    thinvolume: withDefault(flag(), false).describe('Make it in a pool, `vgname/pool`.'),
    thinpool: withDefault(flag(), false).describe('Make it a pool.'),
    force: asks,
    options: dict().describe('Options of lvcreate by name: `stripes`, `type`, `nosync`, …'),
  }),
  keywords: 'options',
  examples: [
    "'*' lvm.lvcreate new_volume_name vg_name size=10G",
    "'*' lvm.lvcreate data vg_name extents=100 stripes=2",
  ],
  async run(args, context): Promise<Plain> {
    const words = creationWords(args);
    if (typeof words === 'string') return words;
    const command = ['lvcreate', quietOrYes(args.force), ...optionWords(args.options, lvcreateOptions), ...words];
    const said = (await failureOf(command, context)) ?? `Logical volume "${args.lvname}" created.`;
    const group = args.vgname.split('/')[0] ?? '';
    const volume = await display(context, ['lvdisplay', '-c', `/dev/${group}/${args.lvname}`], lvFields);
    return { ...volume, 'Output from lvcreate': said };
  },
});

interface Creation {
  readonly lvname: string;
  readonly vgname: string;
  readonly size: string | undefined;
  readonly extents: string | undefined;
  readonly snapshot: string | undefined;
  readonly pv: string | undefined;
  readonly thinvolume: boolean;
  readonly thinpool: boolean;
}

function creationWords(args: Creation): readonly string[] | string {
  const { lvname, vgname: group, size, extents, snapshot, pv } = args;
  const fault = faultOf(args);
  if (fault !== undefined) return fault;
  const option = args.thinvolume ? '-V' : size === undefined ? '-l' : '-L';
  return [
    ...(args.thinvolume ? ['--thin'] : []),
    ...(args.thinpool ? ['--thinpool', lvname] : ['-n', lvname]),
    ...[option, size ?? extents ?? ''],
    ...(snapshot === undefined ? [group] : ['-s', `${group}/${snapshot}`]),
    ...(pv === undefined ? [] : [pv]),
  ];
}

function faultOf({ size, extents, thinvolume, thinpool }: Creation): string | undefined {
  if (size !== undefined && extents !== undefined) return 'Error: Please specify only one of size or extents';
  if (thinvolume && thinpool) return 'Error: Please set only one of thinvolume or thinpool to True';
  if (thinvolume && extents !== undefined) return 'Error: Thin volume size cannot be specified as extents';
  return size === undefined && extents === undefined ? 'Error: Either size or extents must be specified' : undefined;
}

export const lvremove = defineFunction({
  name: 'lvm.lvremove',
  summary: 'Removes a logical volume; answers what was said.',
  args: z.object({
    lvname: safeName('a logical volume').describe('Its name.'),
    vgname: safeName('a volume group').describe('Its group.'),
    force: forces,
  }),
  examples: ["'*' lvm.lvremove lvname vgname force=True"],
  run: async ({ lvname, vgname: group, force }, context) =>
    (await failureOf(['lvremove', quietOrYes(force), `${group}/${lvname}`], context)) ??
    `Logical volume "${lvname}" successfully removed`,
});

export const lvresize = resizing('lvresize', 'resized', 'Changes the size of a logical volume');
export const lvextend = resizing('lvextend', 'extended', 'Enlarges a logical volume');

function resizing(program: 'lvresize' | 'lvextend', done: string, summary: string) {
  return defineFunction({
    name: `lvm.${program}`,
    summary: `${summary}; answers what was said.`,
    args: z.object({
      size: optional(lineText()).describe('The size, e.g. `12G` or `+2G`.'),
      lvpath: optional(safeName('a path')).describe('Path of the volume, e.g. /dev/mapper/vg1-test.'),
      extents: optional(lineText()).describe('The extents, e.g. `+100%FREE`, instead.'),
      force: asks,
      resizefs: withDefault(flag(), false).describe('Change the size of its file system too.'),
    }),
    examples: [`'*' lvm.${program} +12M /dev/mapper/vg1-test`],
    async run({ size, lvpath, extents, force, resizefs }, context): Promise<Plain> {
      const amount = size ?? extents;
      if (amount === undefined || (size !== undefined && extents !== undefined) || lvpath === undefined) {
        context.log.error('a path and either a size or extents are needed', { program });
        return {};
      }
      const forced = program === 'lvresize' && force ? '--force' : quietOrYes(force);
      const options = [forced, ...(resizefs ? ['--resizefs'] : []), size === undefined ? '-l' : '-L', amount];
      const refusal = await failureOf([program, ...options, lvpath], context);
      return { [`Output from ${program}`]: refusal ?? `Logical volume "${lvpath}" successfully ${done}.` };
    },
  });
}

function quietOrYes(force: boolean): string {
  return force ? '--yes' : '-qq';
}

function pathsOf(given: readonly string[]): readonly string[] {
  return given
    .flatMap((one) => one.split(','))
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

async function exists(device: string, { host }: FunctionContext): Promise<boolean> {
  const isPath = /^\/[^\n\0]*$/.test(device);
  return isPath && (await host.files.stat(device, { follow: true })) !== undefined;
}

/** Asked for only where the device is a path: nothing else is one, and a name could be an option. */
async function isVolume(device: string, context: FunctionContext): Promise<boolean> {
  if (!device.startsWith('/')) return false;
  const { exitCode, stdout } = await context.host.inspect({
    ...{ command: ['pvdisplay', '-c', device], signal: context.signal, timeout: 300_000 },
  });
  return exitCode === 0 && stdout.split('\n').some((line) => line.split(':').length >= pvFields.length);
}

async function volumesAmong(
  given: readonly string[],
  override: boolean,
  context: FunctionContext,
): Promise<readonly string[] | string> {
  const found: string[] = [];
  for (const device of pathsOf(given)) {
    if (await isVolume(device, context)) found.push(device);
    else if (!override) return `${device} is not a physical volume`;
  }
  return found;
}

async function unaffected(given: readonly string[], wanted: boolean, context: FunctionContext): Promise<string | true> {
  for (const device of given)
    if ((await isVolume(device, context)) !== wanted) return `Device "${device}" was not affected.`;
  return true;
}

// It would tell of descriptors that are open here.
const environment = { LVM_SUPPRESS_FD_WARNINGS: '1' };

/** What a program that failed said, whose status is then that of the call; `undefined` when it ended well. */
async function failureOf(command: readonly string[], context: FunctionContext): Promise<string | undefined> {
  const result = await runProgram(context, command, { timeout: 600_000, environment });
  if (result.exitCode === 0) return undefined;
  context.setRetcode(result.exitCode);
  return complaint(result);
}

const pvcreateOptions: ReadonlySet<string> = words(
  'metadatasize dataalignment dataalignmentoffset pvmetadatacopies metadatacopies metadataignore restorefile',
  'norestorefile labelsector setphysicalvolumesize',
);
const vgcreateOptions: ReadonlySet<string> = words(
  'addtag alloc autobackup clustered maxlogicalvolumes maxphysicalvolumes metadatatype vgmetadatacopies metadatacopies',
  'physicalextentsize zero',
);
const lvcreateOptions: ReadonlySet<string> = words(
  'activate chunksize contiguous discards stripes stripesize minor persistent mirrors nosync noudevsync monitor',
  'ignoremonitoring permission poolmetadatasize readahead regionsize thin type virtualsize zero',
);
const withoutValue: ReadonlySet<string> = words('norestorefile nosync noudevsync ignoremonitoring thin');

function words(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(' ')));
}

/** Others are left out, as in Salt. */
function optionWords(options: Dict, known: ReadonlySet<string>): readonly string[] {
  return [...options].flatMap(([key, value]) => {
    const name = pythonStr(key);
    if (!known.has(name) || !isTruthy(value)) return [];
    return withoutValue.has(name) ? [`--${name}`] : [`--${name}`, pythonStr(value)];
  });
}
