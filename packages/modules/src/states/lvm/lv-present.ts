import type { CheckOutcome } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  isOk,
  lineText,
  optional,
  willChange,
  withDefault,
  type Host,
  type StateContext,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { isLvmName, optionWords, readLvmSize, reportLvm, runLvm, type LvmRow } from '../../providers/lvm/lvm.ts';

/** `lvm.lv_present` */
export const lvPresent = defineState({
  name: 'lvm.lv_present',
  summary: 'Keeps a logical volume of LVM with its size. Further arguments are options of lvcreate.',
  args: z.object({
    name: lineText().describe('Name of the volume.'),
    vgname: lineText().describe('The group it is in; with thinvolume, group and pool with a slash between.'),
    size: optional(lineText()).describe('Its size, e.g. 10G; a number alone is megabytes.'),
    extents: optional(lineText()).describe('Its size in extents, or as a part such as 100%FREE.'),
    snapshot: optional(lineText()).describe('Name of the snapshot that is made of the volume.'),
    pv: withDefault(lineText(), '').describe('The device it lies on.'),
    thinvolume: withDefault(flag(), false).describe('Whether it is a thin volume.'),
    thinpool: withDefault(flag(), false).describe('Whether it is a pool of thin volumes.'),
    force: withDefault(flag(), false).describe('Whether it may become smaller, and what is on it be lost.'),
    resizefs: withDefault(flag(), false).describe('Whether the file system on it changes its size too.'),
  }),
  examples: [
    `logs:
  lvm.lv_present:
    - vgname: data
    - size: 10G
    - resizefs: true`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    const { vgname, size, extents, snapshot } = args;
    if (size !== undefined && extents !== undefined) return fails('Only one of extents or size can be specified.');
    if (size !== undefined && readLvmSize(size) === undefined) return fails(`${size} cannot be the size of a volume`);
    const odd = [args.name, snapshot ?? 'x', ...vgname.split('/')].find((name) => !isLvmName(name));
    if (odd !== undefined) return fails(`The name ${odd} cannot be that of a volume`);
    const name = snapshot ?? args.name;
    const wish: Wish = { ...args, name, origin: args.name, group: vgname.split('/')[0] ?? '' };
    const rows = await reportLvm(context.host, 'lv', ['lv_name', 'vg_name', 'lv_size', 'vg_extent_size']);
    const found = rows.find((row) => row['lv_name'] === name && row['vg_name'] === wish.group);
    return found === undefined ? create(wish, context) : resize(wish, found);
  },
});

interface Wish {
  readonly name: string;
  readonly vgname: string;
  readonly group: string;
  /** The volume a snapshot is made of. */
  readonly origin: string;
  readonly size: string | undefined;
  readonly extents: string | undefined;
  readonly snapshot: string | undefined;
  readonly pv: string;
  readonly thinvolume: boolean;
  readonly thinpool: boolean;
  readonly force: boolean;
  readonly resizefs: boolean;
}

function create(wish: Wish, { unknownArguments }: StateContext): CheckOutcome<Host> {
  const { name } = wish;
  if (wish.size === undefined && wish.extents === undefined && wish.snapshot === undefined)
    return fails('Either extents or size has to be specified.');
  const changes = { created: name };
  return willChange({ comment: `Logical Volume ${name} is set to be created`, changes }, (machine) =>
    attempt(`Failed to create Logical Volume ${name}`, async () => {
      await runLvm(machine, ['lvcreate', ...createWords(wish), ...optionWords(unknownArguments), ...placeWords(wish)]);
      return { comment: `Created Logical Volume ${name}`, changes };
    }),
  );
}

function createWords(wish: Wish): readonly string[] {
  const { size, extents, thinvolume, thinpool } = wish;
  return [
    ...(wish.force ? ['--yes'] : ['--wipesignatures=n']),
    ...(size === undefined ? [] : [thinvolume ? '--virtualsize' : '--size', size]),
    ...(extents === undefined ? [] : ['--extents', extents]),
    ...(thinpool ? [] : ['--name', wish.name]),
  ];
}

function placeWords({ name, vgname, origin, snapshot, thinvolume, thinpool, pv }: Wish): readonly string[] {
  if (snapshot !== undefined) return ['--snapshot', `${vgname}/${origin}`];
  if (thinvolume || thinpool) return ['--thin', thinpool ? `${vgname}/${name}` : vgname];
  return [vgname, ...(pv === '' ? [] : [pv])];
}

function resize(wish: Wish, row: LvmRow): CheckOutcome<Host> {
  const { name, extents } = wish;
  const [had, extent] = [Number(row['lv_size']), Number(row['vg_extent_size'])];
  if (extents?.includes('%') === true)
    return isOk(`Logical Volume ${name} already present, ${extents} won't be resized.`);
  const wanted = wish.size === undefined ? Number(extents) * extent : (readLvmSize(wish.size) ?? had);
  // LVM rounds a size up to whole extents.
  const size = Math.ceil(wanted / extent) * extent;
  if (Number.isNaN(size) || size === had) return isOk(`Logical Volume ${name} already present`);
  if (size < had && !wish.force) return fails("To reduce a Logical Volume option 'force' must be True.");
  const changes = { resized: { old: had, new: size } };
  return willChange({ comment: `Logical Volume ${name} is set to be resized`, changes }, (machine) =>
    attempt(`Failed to resize Logical Volume ${name}`, async () => {
      const options = [...(wish.resizefs ? ['--resizefs'] : []), ...(wish.force ? ['--force'] : [])];
      await runLvm(machine, ['lvresize', ...options, '--size', `${size}b`, `${wish.group}/${name}`]);
      return { comment: `Resized Logical Volume ${name}`, changes };
    }),
  );
}
