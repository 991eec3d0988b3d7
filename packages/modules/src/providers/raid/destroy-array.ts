import type { Dict } from '@brine/common';
import type { Host } from '../../kit/index.ts';
import { listArrays } from './mdadm.ts';
import { forgetArray } from './raid-configuration.ts';
import { readDetails } from './raid-details.ts';

/** Stops an array, wipes the superblocks of its devices and forgets it; answers whether it is gone. */
export async function destroyArray(machine: Host, grains: Dict, device: string): Promise<boolean> {
  if ((await machine.files.stat(device, { follow: true })) === undefined) return false;
  const devices = Object.values((await readDetails(machine, device)).members).map((member) => member.device);
  const stopped = await machine.run({ command: ['mdadm', '--stop', device], timeout: 600_000 });
  if (stopped.exitCode !== 0) return false;
  if (devices.length > 0) await machine.run({ command: ['mdadm', '--zero-superblock', ...devices], timeout: 600_000 });
  await forgetArray(machine, grains, device);
  return !(await listArrays(machine)).has(device);
}
