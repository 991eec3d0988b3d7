import { z } from 'zod';
import {
  absolutePath,
  defineState,
  isOk,
  lineText,
  oneOf,
  optional,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { readFstabLine } from '../../providers/mounts/fstab.ts';
import { nameDevice } from '../../providers/mounts/name-device.ts';

/** `mount.fstab_absent` */
export const fstabAbsent = defineState({
  name: 'mount.fstab_absent',
  summary: 'Keeps an entry out of the table of file systems.',
  args: z.object({
    name: lineText().describe('The device, also as UUID=… or LABEL=….'),
    fs_file: lineText().describe('Absolute path of the mount point; none for swap.'),
    mount_by: optional(oneOf('device', 'label', 'uuid', 'partlabel', 'partuuid')).describe(
      'How the table names the device: what blkid tells of it. As it is named here unless given.',
    ),
    config: withDefault(absolutePath(), '/etc/fstab').describe('The table.'),
  }),
  examples: [
    `/dev/sdb1:
  mount.fstab_absent:
    - fs_file: /srv`,
  ],
  async check({ name, fs_file: file, mount_by: naming, config }, { host }) {
    const path = file.replace(/(.)\/+$/, '$1');
    // A device that is gone has no other names; its entry is found by the mount point alone.
    const device = await nameDevice(host, name, naming);
    const table = Buffer.from((await host.files.read(config)) ?? '').toString('utf8');
    const isMeant = (line: string): boolean => {
      const entry = readFstabLine(line);
      return entry?.name === path && (device === undefined || entry.device === device);
    };
    if (!table.split('\n').some(isMeant)) return isOk(`${path} entry is already missing in ${config}.`);
    const changes = { persist: 'removed' };
    return willChange({ comment: `${path} entry will be removed from ${config}.`, changes }, (machine) =>
      attempt(`${path} entry failed when removing from ${config}`, async () => {
        const kept = table.split('\n').filter((line) => !isMeant(line));
        await machine.files.write(config, Buffer.from(kept.join('\n')));
        return { comment: `${path} entry removed from ${config}.`, changes };
      }),
    );
  },
});
