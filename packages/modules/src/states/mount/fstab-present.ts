import { z } from 'zod';
import {
  absolutePath,
  commaList,
  defineState,
  fails,
  flag,
  integer,
  lineText,
  oneOf,
  optional,
  textList,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { nameDevice } from '../../providers/mounts/name-device.ts';
import { planFstab } from '../../providers/mounts/plan-fstab.ts';
import { runMount } from '../../providers/mounts/run-mount.ts';

/** `mount.fstab_present` */
export const fstabPresent = defineState({
  name: 'mount.fstab_present',
  summary: 'Keeps an entry in the table of file systems.',
  args: z.object({
    name: lineText().describe('The device, also as UUID=… or LABEL=….'),
    fs_file: lineText().describe('Absolute path of the mount point; none for swap.'),
    fs_vfstype: lineText().describe('Kind of the file system.'),
    fs_mntops: withDefault(commaList(), ['defaults']).describe('Mount options.'),
    fs_freq: withDefault(integer(), 0).describe('Fifth field of the table.'),
    fs_passno: withDefault(integer(), 0).describe('Sixth field of the table.'),
    mount_by: optional(oneOf('device', 'label', 'uuid', 'partlabel', 'partuuid')).describe(
      'How the table names the device: what blkid tells of it. As it is named here unless given.',
    ),
    config: withDefault(absolutePath(), '/etc/fstab').describe('The table.'),
    mount: withDefault(flag(), true).describe('Whether a new entry is mounted now.'),
    match_on: withDefault(textList(), ['auto']).describe(
      'Fields a line of the table is found by: name, device, fstype, opts, dump, pass_num; auto takes the device, or the mount point of a kind without one.',
    ),
    not_change: withDefault(flag(), false).describe('Whether an entry that differs is left alone.'),
    fs_mount: withDefault(flag(), true).describe('Means something on AIX only.'),
  }),
  examples: [
    `UUID=7ec8d8ba-2f9c-4c2e-a9a4-1d0a2b7c6f11:
  mount.fstab_present:
    - fs_file: /srv
    - fs_vfstype: ext4`,
  ],
  async check(args, { host }) {
    const { name, config } = args;
    const path = args.fs_file.replace(/(.)\/+$/, '$1');
    const device = await nameDevice(host, name, args.mount_by);
    if (device === undefined) return fails(`Device ${name} cannot be converted to ${args.mount_by ?? 'device'}`);
    const [dump, pass] = [String(args.fs_freq), String(args.fs_passno)];
    const entry = { device, name: path, type: args.fs_vfstype, options: args.fs_mntops.join(','), dump, pass };
    if ([path, entry.type, entry.options].some((field) => field === '')) return fails('An entry has no empty fields');
    const bytes = await host.files.read(config);
    if (bytes === undefined) return fails(`Bad config file "${config}"`);
    const wish = { entry, matchOn: args.match_on, keepsFound: args.not_change };
    const plan = planFstab(Buffer.from(bytes).toString('utf8'), wish);
    if (typeof plan === 'string') return fails(plan);
    if (plan.outcome === 'present') {
      const foretoldComment = `${path} entry is already in ${config}.`;
      return { kind: 'ok', comment: `${path} entry was already in ${config}.`, foretoldComment };
    }
    const isNew = plan.outcome === 'new';
    const mounts = isNew && args.mount;
    const changes = { persist: plan.outcome };
    const comment = `${path} entry will be ${isNew ? 'written' : 'updated'} in ${config}.`;
    const wishes = mounts ? `${comment}\nWill mount ${name} on ${path}` : comment;
    const done = `${path} entry ${isNew ? 'added' : 'updated'} in ${config}.`;
    return willChange({ comment: wishes, changes }, async (machine) => {
      await machine.files.write(config, Buffer.from(plan.text));
      if (!mounts) return { comment: done, changes };
      const mounted = await attempt('', async () => {
        await runMount(machine, ['--', path]);
        return { comment: `Mounted ${name} on ${path}`, changes };
      });
      const said =
        mounted.failed === true ? `Error while mounting ${mounted.comment.replace(/^mount:/, '')}` : mounted.comment;
      // The entry is there, whatever became of the mount.
      return { ...mounted, comment: `${done}\n${said}`, changes };
    });
  },
});
