import { z } from 'zod';
import { defineState, isOk, lineText, unsupported, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { readFstabLine, removeFstabEntry } from '../../providers/mounts/fstab.ts';

/** `mount.fstab_absent` */
export const fstabAbsent = defineState({
  name: 'mount.fstab_absent',
  summary: 'Keeps an entry out of the table of file systems.',
  args: z.object({
    name: lineText().describe('The device.'),
    fs_file: lineText().describe('Absolute path of the mount point; none for swap.'),
    mount_by: unsupported('looking up the UUID or label of a device; name the device so'),
    config: withDefault(lineText(), '/etc/fstab').describe('The table.'),
  }),
  examples: [
    `/dev/sdb1:
  mount.fstab_absent:
    - fs_file: /srv`,
  ],
  async check({ name: device, fs_file: file, config }, { host }) {
    const path = file.replace(/(.)\/+$/, '$1');
    const table = Buffer.from((await host.files.read(config)) ?? '').toString('utf8');
    const found = table
      .split('\n')
      .map(readFstabLine)
      .find((one) => one?.name === path && (one.type !== 'swap' || one.device === device));
    if (found === undefined) return isOk(`${path} entry is already missing in ${config}.`);
    const changes = { persist: 'removed' };
    return willChange({ comment: `${path} entry will be removed from ${config}.`, changes }, (machine) =>
      attempt(`${path} entry failed when removing from ${config}`, async () => {
        await machine.files.write(config, Buffer.from(removeFstabEntry(table, found)));
        return { comment: `${path} entry removed from ${config}.`, changes };
      }),
    );
  },
});
