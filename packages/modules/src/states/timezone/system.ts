import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  isOk,
  lineText,
  willChange,
  withDefault,
  type Host,
  type ReadHost,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';

const zones = '/usr/share/zoneinfo';

/** `timezone.system` */
export const system = defineState({
  name: 'timezone.system',
  summary: 'Keeps the time zone of the machine.',
  args: z.object({
    name: lineText().describe('The zone, e.g. Europe/Amsterdam.'),
    utc: withDefault(flag(), true).describe('Whether the hardware clock runs in UTC.'),
  }),
  examples: [
    `Europe/Amsterdam:
  timezone.system:
    - utc: true`,
  ],
  async check({ name, utc }, { host }) {
    if (name.includes('..') || (await host.files.stat(`${zones}/${name}`, { follow: true }))?.kind !== 'file')
      return fails(`Zone does not exist: ${zones}/${name}`);
    const now = await readZone(host);
    const isZone = now.zone === name && (now.named === '' || now.named === name);
    const isClock = utc === now.utc;
    if (isZone && isClock) return isOk(`Timezone ${name} already set, UTC already set to ${name}`);
    const changes = { ...(isZone ? {} : { timezone: name }), ...(isClock ? {} : { utc }) };
    return willChange({ comment: `Timezone ${name} needs to be set`, changes }, (machine) =>
      attempt('Failed to set timezone', async () => {
        if (!isZone) await setZone(machine, name, now.named !== '');
        if (!isClock) await setClock(machine, now.adjusted, utc);
        return { comment: `Set timezone ${name}`, changes };
      }),
    );
  },
});

interface Zone {
  readonly zone: string;
  /** What /etc/timezone says; empty where there is none. */
  readonly named: string;
  readonly utc: boolean;
  /** The text of /etc/adjtime. */
  readonly adjusted: string;
}

async function readZone(host: ReadHost): Promise<Zone> {
  const read = async (path: string): Promise<string> =>
    Buffer.from((await host.files.read(path)) ?? '').toString('utf8');
  const named = (await read('/etc/timezone')).trim();
  const link = await host.files.readLink('/etc/localtime');
  const adjusted = await read('/etc/adjtime');
  const zone = link?.replace(/^.*\/zoneinfo\//, '') ?? named;
  return { zone, named, utc: adjusted.split('\n')[2]?.trim() !== 'LOCAL', adjusted };
}

async function setZone(machine: Host, name: string, isNamed: boolean): Promise<void> {
  if ((await machine.files.stat('/etc/localtime')) !== undefined) await machine.files.remove('/etc/localtime');
  await machine.files.makeSymlink('/etc/localtime', `${zones}/${name}`);
  if (isNamed) await machine.files.write('/etc/timezone', Buffer.from(`${name}\n`));
}

async function setClock(machine: Host, adjusted: string, utc: boolean): Promise<void> {
  const lines = adjusted === '' ? ['0.0 0 0.0', '0'] : adjusted.split('\n').slice(0, 2);
  await machine.files.write('/etc/adjtime', Buffer.from([...lines, utc ? 'UTC' : 'LOCAL', ''].join('\n')));
}
