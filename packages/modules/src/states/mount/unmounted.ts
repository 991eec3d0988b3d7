import { z } from 'zod';
import { defineState, fails, flag, isOk, lineText, optional, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { isActive } from '../../providers/mounts/active-mounts.ts';
import { readFstabLine, removeFstabEntry } from '../../providers/mounts/fstab.ts';

/** `mount.unmounted` */
export const unmounted = defineState({
  name: 'mount.unmounted',
  summary: 'Keeps a path from being a mount point, now and if asked after a reboot.',
  args: z.object({
    name: lineText().describe('Absolute path of the mount point.'),
    device: optional(lineText()).describe('Only when this device is mounted there.'),
    config: withDefault(lineText(), '/etc/fstab').describe('The table.'),
    persist: withDefault(flag(), false).describe('Whether its entry leaves the table too.'),
    user: optional(lineText()).describe('Account umount runs as.'),
  }),
  examples: [
    `/mnt/old:
  mount.unmounted:
    - persist: true`,
  ],
  acceptsUnknown: true,
  async check({ name, device, config, persist, user }, { host }) {
    if (!name.startsWith('/')) return fails(`${name} is not an absolute path`);
    const mounted = await isActive(host, name, device);
    const table = Buffer.from((await host.files.read(config)) ?? '').toString('utf8');
    const entry = table
      .split('\n')
      .map(readFstabLine)
      .find((one) => one?.name === name && (device === undefined || one.device === device));
    const purges = persist && entry !== undefined;
    const note = persist && entry === undefined ? '. fstab entry not found' : '';
    if (!mounted && !purges) return isOk(`Target was already unmounted${note}`);
    const changes = { ...(mounted ? { umount: true } : {}), ...(purges ? { persist: 'purged' } : {}) };
    const comment = mounted
      ? `Mount point ${name} is mounted but should not be`
      : `Mount point ${name} is unmounted but needs to be purged from ${config} to be made persistent`;
    return willChange({ comment, changes }, (machine) =>
      attempt('', async () => {
        if (mounted) await runTool(machine, ['umount', '--', name], user === undefined ? {} : { user });
        if (purges) await machine.files.write(config, Buffer.from(removeFstabEntry(table, entry)));
        const done = `Target was ${mounted ? 'successfully' : 'already'} unmounted`;
        return { comment: `${done}${purges ? '. Removed target from fstab' : note}`, changes };
      }),
    );
  },
});
