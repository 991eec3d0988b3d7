import type { Applied, Dict, Plain, Value } from '@brine/common';
import { z } from 'zod';
import {
  absolutePath,
  commaList,
  defineState,
  dict,
  fails,
  fileMode,
  flag,
  integer,
  isOk,
  lineText,
  optional,
  textList,
  willChange,
  withDefault,
  type Host,
  type ReadHost,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { toAttributes } from '../../providers/files/ownership.ts';
import { isDirectory } from '../../providers/files/paths.ts';
import { omitAbsent } from '../../providers/omit-absent.ts';
import { unescapeField, type FstabEntry } from '../../providers/mounts/fstab.ts';
import { mountCacheFile, rememberMount } from '../../providers/mounts/mount-cache.ts';
import { planFstab, type FstabPlan } from '../../providers/mounts/plan-fstab.ts';
import { needsNewMount, planMount, type MountPlan } from '../../providers/mounts/plan-mount.ts';
import { runMount } from '../../providers/mounts/run-mount.ts';

const noTexts: readonly string[] = [];

/** `mount.mounted` */
export const mounted = defineState({
  name: 'mount.mounted',
  summary: 'Keeps a device mounted, now and after a reboot.',
  args: z.object({
    name: lineText().describe('Absolute path of the mount point.'),
    device: lineText().describe('The device, or what its kind of file system takes for one.'),
    fstype: lineText().describe('Kind of the file system.'),
    mkmnt: withDefault(flag(), false).describe('Makes a missing mount point.'),
    opts: withDefault(commaList(), ['defaults']).describe('Mount options.'),
    dump: withDefault(integer(), 0).describe('Fifth field of the table.'),
    pass_num: withDefault(integer(), 0).describe('Sixth field of the table.'),
    config: withDefault(absolutePath(), '/etc/fstab').describe('The table.'),
    persist: withDefault(flag(), true).describe('Whether it is written to the table.'),
    mount: withDefault(flag(), true).describe('Whether it is mounted now.'),
    user: optional(lineText()).describe('Account mount runs as, and owner of a mount point that is made.'),
    match_on: withDefault(textList(), ['auto']).describe(
      'Fields a line of the table is found by: name, device, fstype, opts, dump, pass_num; auto takes the device, or the mount point of a kind without one.',
    ),
    device_name_regex: withDefault(textList(), noTexts).describe(
      'Patterns of devices that may be mounted there in place of the one named.',
    ),
    extra_mount_invisible_options: withDefault(textList(), noTexts).describe(
      'Options that the kernel does not tell, so that they cause no new mount.',
    ),
    extra_mount_invisible_keys: withDefault(textList(), noTexts).describe('The same for options with a value.'),
    extra_mount_ignore_fs_keys: withDefault(dict(), new Map()).describe(
      'The same for one kind of file system: its name, and a list of keys.',
    ),
    extra_mount_translate_options: withDefault(dict(), new Map()).describe(
      'Options that the kernel tells under another name.',
    ),
    hidden_opts: withDefault(commaList(), noTexts).describe('Options whose change causes no new mount.'),
    bind_mount_copy_active_opts: withDefault(flag(), true).describe(
      'Whether a bind mount is to have the options of what it shows.',
    ),
    mode: optional(fileMode()).describe('Mode of a mount point that is made.'),
  }),
  examples: [
    `/srv/data:
  mount.mounted:
    - device: /dev/sdb1
    - fstype: ext4
    - mkmnt: true`,
    `/srv/shared:
  mount.mounted:
    - device: web1:/export
    - fstype: nfs
    - opts: [rw, noatime]
    - hidden_opts: [noatime]`,
  ],
  acceptsUnknown: true,
  async check(args, { host, options }) {
    const name = args.name.replace(/(.)\/+$/, '$1');
    if (!name.startsWith('/')) return fails(`${name} is not an absolute path`);
    const device = unescapeField(args.device.replaceAll('\\ ', ' '));
    const cache = mountCacheFile(options);
    const plan = await planMount(host, { ...args, name, device, cache });
    if (typeof plan === 'string') return fails(plan);
    const [dump, pass] = [String(args.dump), String(args.pass_num)];
    const entry = { device, name, type: args.fstype, options: args.opts.join(','), dump, pass };
    const table = args.persist ? await readTable(args, entry, host) : undefined;
    if (typeof table === 'string') return fails(table);
    const writes = table !== undefined && table.outcome !== 'present';
    if (plan.action === 'none' && !writes) return isOk(`${plan.done}${tableNotes[table?.outcome ?? 'none']}`);
    const told = writes ? { persist: table.outcome === 'new' ? 'new' : 'update' } : {};
    const changes = { ...plan.changes, ...told };
    const work = { ...args, name, device, cache, plan, table };
    return willChange({ comment: pendingComment(work), changes }, (machine) =>
      attempt('', () => apply(work, changes, machine)),
    );
  },
  async onWatch(args, { host }) {
    const name = args.name.replace(/(.)\/+$/, '$1');
    const changes = { [name]: 'remounted' };
    const real = (await host.files.realPath(name)) ?? name;
    return willChange({ comment: `${name} is set to be remounted`, changes }, (machine) =>
      attempt(`${name} failed to remount`, async () => {
        await remount({ ...args, name: real }, machine);
        return { comment: `${name} remounted`, changes };
      }),
    );
  },
});

const tableNotes = {
  none: '',
  present: '. Entry already exists in the fstab.',
  new: '. Added new entry to the fstab.',
  change: '. Updated the entry in the fstab.',
} as const;

async function readTable(
  args: { readonly config: string; readonly match_on: readonly string[] },
  entry: FstabEntry,
  host: ReadHost,
): Promise<FstabPlan | string> {
  const bytes = await host.files.read(args.config);
  if (bytes === undefined) return `Bad config file "${args.config}"`;
  return planFstab(Buffer.from(bytes).toString('utf8'), { entry, matchOn: args.match_on });
}

interface Work {
  readonly name: string;
  readonly device: string;
  readonly fstype: string;
  readonly opts: readonly string[];
  readonly config: string;
  readonly cache: string;
  readonly mkmnt: boolean;
  readonly mount: boolean;
  readonly mode: number | undefined;
  readonly user: string | undefined;
  readonly plan: MountPlan;
  readonly table: FstabPlan | undefined;
}

function pendingComment({ name, mount, plan, table }: Work): string {
  if (table === undefined || table.outcome === 'present') return plan.pending;
  const mounted = mount ? `${name} is mounted, but` : name;
  const write =
    table.outcome === 'new'
      ? `${mounted} needs to be written to the fstab in order to be made persistent.`
      : mount
        ? `${name} is mounted, but its fstab entry must be updated.`
        : `The ${name} fstab entry must be updated.`;
  if (plan.action === 'none') return `${plan.done}. ${write}`;
  return mount ? plan.pending : `${plan.pending}. ${write}`;
}

async function apply(work: Work, changes: Readonly<Record<string, Plain>>, machine: Host): Promise<Applied> {
  const { name, plan, table, mkmnt } = work;
  if (['make', 'mount', 'replace'].includes(plan.action) && !(await isDirectory(machine, name))) {
    if (!mkmnt) return { comment: 'Mount directory is not present', changes: {}, failed: true };
    const owner = await toAttributes(machine, { user: work.user, group: undefined });
    await machine.files.makeDirectory(name, { parents: true, ...owner, ...omitAbsent({ mode: work.mode }) });
  }
  await mountNow(work, machine);
  if (table !== undefined && table.outcome !== 'present')
    await machine.files.write(work.config, Buffer.from(table.text));
  return { comment: `${plan.done}${tableNotes[table?.outcome ?? 'none']}`, changes };
}

async function mountNow(work: Work, machine: Host): Promise<void> {
  const { plan, fstype: type } = work;
  if (plan.action === 'none' || plan.action === 'make') return;
  const real = (await machine.files.realPath(work.name)) ?? work.name;
  const request = omitAbsent({ user: work.user });
  const isRemount = plan.action === 'remount' && !needsNewMount(type);
  if (isRemount) await remount({ ...work, name: real }, machine);
  else {
    if (plan.action !== 'mount') await runTool(machine, ['umount', '--', real], request);
    await runMount(machine, ['-o', work.opts.join(','), '-t', type, '--', work.device, work.name], request);
  }
  const entry: Dict = new Map<Value, Value>([
    ['device', work.device],
    ['fstype', type],
    ['mkmnt', work.mkmnt],
    ['opts', [...work.opts]],
  ]);
  await rememberMount(machine, work.cache, real, entry);
}

async function remount(
  { name, device, fstype, opts, user }: Pick<Work, 'name' | 'device' | 'fstype' | 'opts' | 'user'>,
  machine: Host,
): Promise<void> {
  const options = [...opts.filter((option) => option !== 'remount'), 'remount'].join(',');
  await runMount(machine, ['-o', options, '-t', fstype, '--', device, name], omitAbsent({ user }));
}
