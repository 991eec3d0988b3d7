import type { ReadHost } from '../../kit/index.ts';
import { unescapeField } from './fstab.ts';

/** Something mounted, as the kernel tells it. */
export interface ActiveMount {
  readonly name: string;
  readonly device: string;
  readonly type: string;
  /** Options of the mount point. */
  readonly options: readonly string[];
  /** Options of the file system itself. */
  readonly superOptions: readonly string[];
}

/** Everything that is mounted, in the order it was. */
export async function readActiveMounts(host: ReadHost): Promise<readonly ActiveMount[]> {
  const text = Buffer.from((await host.files.read('/proc/self/mountinfo')) ?? '').toString('utf8');
  return text.split('\n').flatMap((line) => readMountInfo(line) ?? []);
}

// 36 35 98:0 /root /mount/point rw,noatime shared:1 - ext3 /dev/root rw,errors=continue
function readMountInfo(line: string): ActiveMount | undefined {
  const fields = line.trim().split(/\s+/);
  const separator = fields.indexOf('-');
  const [name, options] = [fields[4], fields[5]];
  const [type, device, superOptions = ''] = fields.slice(separator + 1);
  if (separator < 6 || name === undefined || options === undefined) return undefined;
  if (type === undefined || device === undefined) return undefined;
  return {
    name: unescapeField(name),
    device: unescapeField(device),
    type,
    options: options.split(',').map(unescapeField),
    superOptions: superOptions.split(',').map(unescapeField),
  };
}

/** What is mounted on a path, links followed; the last of several, which hides the others. */
export async function findActive(host: ReadHost, name: string): Promise<ActiveMount | undefined> {
  const real = (await host.files.realPath(name)) ?? name;
  return (await readActiveMounts(host)).findLast((mount) => mount.name === real);
}
