import type { Host, ReadHost } from '../../kit/index.ts';

const zones = '/usr/share/zoneinfo';
const localtime = '/etc/localtime';

/** The file that describes a time zone. */
export function zoneFile(zone: string): string {
  return `${zones}/${zone}`;
}

/** The time zone of a machine: what `/etc/localtime` leads to, else what `/etc/timezone` says; empty when neither does. */
export async function readZone(host: ReadHost): Promise<string> {
  const link = await host.files.readLink(localtime);
  return link?.replace(/^.*\/zoneinfo\//, '') ?? (await readZoneName(host));
}

/** What `/etc/timezone` says; empty where there is none. */
export async function readZoneName(host: ReadHost): Promise<string> {
  return (await readFile(host, '/etc/timezone')).trim();
}

/** Whether a machine keeps the time of a zone, whatever name its own has. */
export async function isSameZone(host: ReadHost, zone: string): Promise<boolean> {
  const [own, other] = await Promise.all([
    host.files.hash(localtime, 'sha256'),
    host.files.hash(zoneFile(zone), 'sha256'),
  ]);
  return own !== undefined && own === other;
}

/** Puts a machine into a time zone. */
export async function setZone(machine: Host, zone: string): Promise<void> {
  const isNamed = (await machine.files.stat('/etc/timezone')) !== undefined;
  if ((await machine.files.stat(localtime)) !== undefined) await machine.files.remove(localtime);
  await machine.files.makeSymlink(localtime, zoneFile(zone));
  if (isNamed) await machine.files.write('/etc/timezone', Buffer.from(`${zone}\n`));
}

/** What the hardware clock of a machine runs in, as `/etc/adjtime` says. */
export async function readClock(host: ReadHost): Promise<'UTC' | 'LOCAL'> {
  return (await readFile(host, '/etc/adjtime')).split('\n')[2]?.trim() === 'LOCAL' ? 'LOCAL' : 'UTC';
}

/** Says in `/etc/adjtime` what the hardware clock runs in. */
export async function setClock(machine: Host, clock: 'UTC' | 'LOCAL'): Promise<void> {
  const adjusted = await readFile(machine, '/etc/adjtime');
  const lines = adjusted === '' ? ['0.0 0 0.0', '0'] : adjusted.split('\n').slice(0, 2);
  await machine.files.write('/etc/adjtime', Buffer.from([...lines, clock, ''].join('\n')));
}

async function readFile(host: ReadHost, path: string): Promise<string> {
  return Buffer.from((await host.files.read(path)) ?? '').toString('utf8');
}
