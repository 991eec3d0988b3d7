import { z } from 'zod';
import {
  absolutePath,
  defineState,
  fails,
  flag,
  isOk,
  lineText,
  optional,
  willChange,
  withDefault,
  type ReadHost,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { findActive } from '../../providers/mounts/active-mounts.ts';
import { readFstabLine, removeFstabEntry, type FstabEntry } from '../../providers/mounts/fstab.ts';
import { mountCacheFile, rememberMount } from '../../providers/mounts/mount-cache.ts';

/** `mount.unmounted` */
export const unmounted = defineState({
  name: 'mount.unmounted',
  summary: 'Keeps a path from being a mount point, now and if asked after a reboot.',
  args: z.object({
    name: lineText().describe('Absolute path of the mount point.'),
    device: optional(lineText()).describe('The device whose entry of the table is meant.'),
    config: withDefault(absolutePath(), '/etc/fstab').describe('The table.'),
    persist: withDefault(flag(), false).describe('Whether its entry leaves the table too.'),
    user: optional(lineText()).describe('Account umount runs as.'),
  }),
  examples: [
    `/mnt/old:
  mount.unmounted:
    - persist: true`,
  ],
  acceptsUnknown: true,
  async check({ name: given, device, config, persist, user }, { host, options }) {
    const name = given.replace(/(.)\/+$/, '$1');
    if (!name.startsWith('/')) return fails(`${name} is not an absolute path`);
    const mounted = (await findActive(host, name)) !== undefined;
    const cache = mountCacheFile(options);
    const { table, entry, note } = await readTable(host, { name, device, config, persist });
    const purges = entry !== undefined;
    if (!mounted && !purges) return isOk(`Target was already unmounted${note}`);
    const changes = { ...(mounted ? { umount: true } : {}), ...(purges ? { persist: 'purged' } : {}) };
    const comment = mounted
      ? `Mount point ${name} is mounted but should not be`
      : `Mount point ${name} is unmounted but needs to be purged from ${config} to be made persistent`;
    return willChange({ comment, changes }, (machine) =>
      attempt('', async () => {
        if (mounted) await runTool(machine, ['umount', '--', name], user === undefined ? {} : { user });
        if (mounted) await rememberMount(machine, cache, name, undefined);
        if (purges) await machine.files.write(config, Buffer.from(removeFstabEntry(table, entry)));
        const done = `Target was ${mounted ? 'successfully' : 'already'} unmounted`;
        return { comment: `${done}${purges ? '. Removed target from fstab' : note}`, changes };
      }),
    );
  },
});

interface Wish {
  readonly name: string;
  readonly device: string | undefined;
  readonly config: string;
  readonly persist: boolean;
}

interface Table {
  readonly table: string;
  /** The entry to be removed. */
  readonly entry?: FstabEntry;
  /** What is said of an entry that is not there. */
  readonly note: string;
}

async function readTable(host: ReadHost, { name, device, config, persist }: Wish): Promise<Table> {
  if (!persist) return { table: '', note: '' };
  const table = Buffer.from((await host.files.read(config)) ?? '').toString('utf8');
  const entry = table
    .split('\n')
    .map(readFstabLine)
    .find((one) => one?.name === name);
  if (entry === undefined) return { table, note: '. fstab entry not found' };
  if (device !== undefined && entry.device !== device)
    return { table, note: `. fstab entry for device ${device} not found` };
  return { table, entry, note: '' };
}
