import type { ReadHost } from '../../kit/index.ts';
import { findByTag, tagOf } from './device-names.ts';

/** How a mount table may name a device. */
export type DeviceNaming = 'device' | 'label' | 'uuid' | 'partlabel' | 'partuuid';

/** A device's name in the form asked for, as `blkid` tells it; `undefined` when it has none. */
export async function nameDevice(
  host: ReadHost,
  name: string,
  naming: DeviceNaming | undefined,
): Promise<string | undefined> {
  const tag = naming?.toUpperCase();
  const isPath = name.startsWith('/');
  if (tag === undefined || (naming === 'device' && isPath) || name.startsWith(`${tag}=`)) return name;
  const [given = '', value = ''] = name.split('=', 2);
  const device = isPath ? name : await findByTag(host, given, value.replaceAll('"', ''));
  if (device === undefined || naming === 'device') return device;
  const found = await tagOf(host, tag, device);
  return found === undefined ? undefined : `${tag}=${found}`;
}
