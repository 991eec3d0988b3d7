import type { ReadHost } from '../../kit/index.ts';
import { readFstabLine } from './fstab.ts';

/** Whether something is mounted on a path, links followed; of one device only when that is named. */
export async function isActive(host: ReadHost, name: string, device?: string): Promise<boolean> {
  const text = Buffer.from((await host.files.read('/proc/self/mounts')) ?? '').toString('utf8');
  const real = (await host.files.realPath(name)) ?? name;
  const entries = text.split('\n').map(readFstabLine);
  return entries.some((entry) => entry?.name === real && (device === undefined || entry.device === device));
}
