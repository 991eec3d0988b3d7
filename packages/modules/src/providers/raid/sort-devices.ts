import type { ReadHost } from '../../kit/index.ts';
import { examine } from './mdadm.ts';

/** Devices by what they are. */
export interface SortedDevices {
  /** Those that belong to an array, by its UUID. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** Those that are not there. */
  readonly missing: readonly string[];
  /** Those that belong to none. */
  readonly fresh: readonly string[];
}

/** Looks at the superblocks of devices. */
export async function sortDevices(host: ReadHost, devices: readonly string[]): Promise<SortedDevices> {
  const members = new Map<string, string[]>();
  const missing: string[] = [];
  const fresh: string[] = [];
  for (const device of devices) {
    if (device === 'missing' || (await host.files.stat(device, { follow: true })) === undefined) {
      missing.push(device);
      continue;
    }
    const uuid = (await examine(host, device))['MD_UUID'];
    if (uuid === undefined) fresh.push(device);
    else members.set(uuid, [...(members.get(uuid) ?? []), device]);
  }
  return { members, missing, fresh };
}
