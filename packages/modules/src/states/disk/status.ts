import { pythonStr, type Value } from '@brine/common';
import { z } from 'zod';
import {
  anyValue,
  defineState,
  fails,
  flag,
  isOk,
  optional,
  text,
  withDefault,
  type ReadHost,
} from '../../kit/index.ts';

/** `disk.status` */
export const status = defineState({
  name: 'disk.status',
  summary: 'Fails when a file system is fuller or emptier than wished; it changes nothing.',
  args: z.object({
    name: text().describe('A mount point, or a directory.'),
    maximum: optional(anyValue()).describe('Most that may be used, in percent.'),
    minimum: optional(anyValue()).describe('Least that has to be used, in percent.'),
    absolute: withDefault(flag(), false).describe('Whether both are in kilobytes.'),
    free: withDefault(flag(), false).describe('Whether both are about what is free.'),
  }),
  examples: [
    `/var:
  disk.status:
    - maximum: 90%`,
  ],
  async check({ name, maximum, minimum, absolute, free }, { host }) {
    const most = readLimit('maximum', maximum, absolute);
    const least = readLimit('minimum', minimum, absolute);
    const faults = [most, least].filter((limit) => typeof limit === 'string');
    if (typeof most === 'number' && typeof least === 'number' && least >= most)
      faults.push('minimum must be less than maximum ');
    if (faults.length > 0) return fails(faults.join(''));
    const space = await readSpace(host, name, absolute);
    if (space === undefined)
      return fails(`Disk mount ${name} not present. Directory ${name} does not exist or is not a directory`);
    const figure = free ? space.available : space.used;
    const verdict = judge({ figure, least, most }, `Disk ${free ? 'available' : 'used'} space`, absolute ? 'KB' : '%');
    return verdict === undefined ? isOk('Disk used space in acceptable range') : fails(verdict);
  },
});

type Limit = number | string | undefined;

function judge(
  { figure, least, most }: { readonly figure: number; readonly least: Limit; readonly most: Limit },
  what: string,
  unit: string,
): string | undefined {
  if (typeof least === 'number' && figure < least)
    return `${what} is below minimum of ${least} ${unit} at ${figure} ${unit}`;
  if (typeof most === 'number' && figure > most)
    return `${what} is above maximum of ${most} ${unit} at ${figure} ${unit}`;
  return undefined;
}

function readLimit(name: string, value: Value | undefined, absolute: boolean): Limit {
  if (value === undefined) return undefined;
  const limit = Number(pythonStr(value).replace(/[ %KB]+$/, ''));
  if (!Number.isInteger(limit)) return `${name} must be an integer `;
  return !absolute && (limit < 0 || limit > 100) ? `${name} must be in the range [0, 100] ` : limit;
}

async function readSpace(
  host: ReadHost,
  name: string,
  absolute: boolean,
): Promise<{ readonly used: number; readonly available: number } | undefined> {
  const result = await host.inspect({ command: ['df', '-P', '-k', '--', name], timeout: 60_000 });
  const line = result.stdout.split('\n')[1];
  if (result.exitCode !== 0 || line === undefined) return undefined;
  const [, , used = '', available = '', share = ''] = line.split(/\s+/);
  if (absolute) return { used: Number(used), available: Number(available) };
  const percent = Number(share.replace('%', ''));
  return { used: percent, available: 100 - percent };
}
