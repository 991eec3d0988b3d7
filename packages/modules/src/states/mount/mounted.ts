import type { Applied, Plain } from '@brine/common';
import { z } from 'zod';
import {
  commaList,
  defineState,
  fails,
  fileMode,
  flag,
  integer,
  isOk,
  lineText,
  optional,
  willChange,
  withDefault,
  type Host,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { isDirectory } from '../../providers/files/paths.ts';
import { readFstabLine, setFstabEntry, type FstabEntry } from '../../providers/mounts/fstab.ts';
import { isActive } from '../../providers/mounts/active-mounts.ts';

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
    config: withDefault(lineText(), '/etc/fstab').describe('The table.'),
    persist: withDefault(flag(), true).describe('Whether it is written to the table.'),
    mount: withDefault(flag(), true).describe('Whether it is mounted now.'),
    user: optional(lineText()).describe('Account mount runs as.'),
    mode: optional(fileMode()).describe('Mode of a mount point that is made.'),
  }),
  examples: [
    `/srv/data:
  mount.mounted:
    - device: /dev/sdb1
    - fstype: ext4
    - mkmnt: true`,
  ],
  acceptsUnknown: true,
  async check(args, { host }) {
    const name = args.name.replace(/(.)\/+$/, '$1');
    if (!name.startsWith('/')) return fails(`${name} is not an absolute path`);
    const [dump, pass] = [String(args.dump), String(args.pass_num)];
    const entry = { device: args.device, name, type: args.fstype, options: args.opts.join(','), dump, pass };
    const table = Buffer.from((await host.files.read(args.config)) ?? '').toString('utf8');
    const mounts = args.mount && !(await isActive(host, name));
    const writes = args.persist && !table.split('\n').some((line) => isSameEntry(readFstabLine(line), entry));
    if (!mounts && !writes) return isOk('Target was already mounted');
    const comment = mounts
      ? `${name} would be mounted`
      : `${name} needs to be written to the fstab in order to be made persistent.`;
    const changes = { ...(mounts ? { mount: true } : {}), ...(writes ? { persist: describeWrite(table, name) } : {}) };
    const plan = { ...args, entry, edited: setFstabEntry(table, entry), name, mounts, writes };
    return willChange({ comment, changes }, (machine) => attempt('', () => apply(plan, changes, machine)));
  },
  async onWatch(args) {
    const name = args.name.replace(/(.)\/+$/, '$1');
    const changes = { [name]: 'remounted' };
    return willChange({ comment: `${name} is set to be remounted`, changes }, (machine) =>
      attempt(`${name} failed to be remounted`, async () => {
        await runTool(machine, ['mount', '-o', ['remount', ...args.opts].join(','), '--', name]);
        return { comment: `${name} remounted`, changes };
      }),
    );
  },
});

function describeWrite(table: string, name: string): string {
  return table.split('\n').some((line) => readFstabLine(line)?.name === name) ? 'update' : 'new';
}

function isSameEntry(found: FstabEntry | undefined, entry: FstabEntry): boolean {
  const keys = ['device', 'name', 'type', 'options', 'dump', 'pass'] as const;
  return found !== undefined && keys.every((key) => found[key] === entry[key]);
}

interface Plan {
  readonly entry: FstabEntry;
  readonly edited: string;
  readonly name: string;
  readonly config: string;
  readonly mkmnt: boolean;
  readonly mode: number | undefined;
  readonly mounts: boolean;
  readonly writes: boolean;
  readonly user: string | undefined;
}

async function apply(plan: Plan, changes: Readonly<Record<string, Plain>>, machine: Host): Promise<Applied> {
  const { entry, name } = plan;
  if (plan.mounts && !(await isDirectory(machine, name))) {
    if (!plan.mkmnt) return { comment: 'Mount directory is not present', changes: {}, failed: true };
    await machine.files.makeDirectory(name, { parents: true, ...(plan.mode === undefined ? {} : { mode: plan.mode }) });
  }
  if (plan.mounts) {
    const request = plan.user === undefined ? {} : { user: plan.user };
    await runTool(machine, ['mount', '-t', entry.type, '-o', entry.options, '--', entry.device, name], request);
  }
  if (plan.writes) await machine.files.write(plan.config, Buffer.from(plan.edited));
  const done = plan.mounts ? 'Target was successfully mounted' : 'Target was already mounted';
  return { comment: plan.writes ? `${done}. Added new entry to the fstab.` : done, changes };
}
