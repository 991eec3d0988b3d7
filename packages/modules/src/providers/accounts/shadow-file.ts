import { posix } from 'node:path';
import type { ReadHost } from '../../kit/index.ts';

/** A line of `/etc/shadow`; -1 where a number is not set, as Salt shows it. */
export interface ShadowEntry {
  readonly passwd: string;
  readonly lstchg: number;
  readonly min: number;
  readonly max: number;
  readonly warn: number;
  readonly inact: number;
  readonly expire: number;
}

/** An account's line of `/etc/shadow`, or of that below another root; `undefined` when it has none or the file may not be read. */
export async function readShadow(host: ReadHost, name: string, root = '/'): Promise<ShadowEntry | undefined> {
  const bytes = await host.files.read(posix.join(root, 'etc/shadow')).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const line = Buffer.from(bytes)
    .toString('utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`));
  if (line === undefined) return undefined;
  const [, passwd = '', lstchg, min, max, warn, inact, expire] = line.split(':');
  const number = (field: string | undefined): number => (field === undefined || field === '' ? -1 : Number(field));
  return {
    passwd,
    lstchg: number(lstchg),
    min: number(min),
    max: number(max),
    warn: number(warn),
    inact: number(inact),
    expire: number(expire),
  };
}
