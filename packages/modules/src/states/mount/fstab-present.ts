import { z } from 'zod';
import {
  commaList,
  defineState,
  fails,
  flag,
  integer,
  isOk,
  lineText,
  unsupported,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { readFstabLine, setFstabEntry, writeFstabLine } from '../../providers/mounts/fstab.ts';

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
    mount_by: unsupported('looking up the UUID or label of a device; name the device so'),
    config: withDefault(lineText(), '/etc/fstab').describe('The table.'),
    mount: withDefault(flag(), true).describe('Whether a new entry is mounted now.'),
    match_on: unsupported('other keys than the mount point, and the device for swap'),
    not_change: withDefault(flag(), false).describe('Whether an entry that differs is left alone.'),
  }),
  examples: [
    `UUID=7ec8d8ba-2f9c-4c2e-a9a4-1d0a2b7c6f11:
  mount.fstab_present:
    - fs_file: /srv
    - fs_vfstype: ext4`,
  ],
  async check(args, { host }) {
    const { name: device, config } = args;
    const path = args.fs_file.replace(/(.)\/+$/, '$1');
    const [dump, pass] = [String(args.fs_freq), String(args.fs_passno)];
    const entry = { device, name: path, type: args.fs_vfstype, options: args.fs_mntops.join(','), dump, pass };
    if ([path, entry.type, entry.options].some((field) => field === '')) return fails('An entry has no empty fields');
    const bytes = await host.files.read(config);
    if (bytes === undefined) return fails(`${path} entry cannot be created in ${config}: bad config.`);
    const table = Buffer.from(bytes).toString('utf8');
    const found = table
      .split('\n')
      .map(readFstabLine)
      .find((one) => (entry.type === 'swap' ? one?.device === device : one?.name === path));
    const isSame = found !== undefined && writeFstabLine(found) === writeFstabLine(entry);
    if (isSame || (found !== undefined && args.not_change)) return isOk(`${path} entry is already in ${config}.`);
    const mounts = found === undefined && args.mount && entry.type !== 'swap';
    const changes = { persist: found === undefined ? 'new' : 'change' };
    const comment = [
      `${path} entry will be ${found === undefined ? 'written in' : 'updated in'} ${config}.`,
      ...(mounts ? [`Will mount ${device} on ${path}`] : []),
    ].join('\n');
    return willChange({ comment, changes }, (machine) =>
      attempt('Error while mounting', async () => {
        await machine.files.write(config, Buffer.from(setFstabEntry(table, entry)));
        if (mounts) await runTool(machine, ['mount', '--', path]);
        const done = `${path} entry ${found === undefined ? 'added' : 'updated'} in ${config}.`;
        return { comment: mounts ? `${done}\nMounted ${device} on ${path}` : done, changes };
      }),
    );
  },
});
