import { posix } from 'node:path';
import type { ReadHost } from '../../kit/index.ts';
import { readActiveMounts, type ActiveMount } from './active-mounts.ts';

/**
 * The device that a description of one means: `UUID=…` and `LABEL=…` as `blkid` resolves them, links followed.
 * `undefined` when there is no device with such a label.
 */
export async function resolveDevice(host: ReadHost, device: string): Promise<string | undefined> {
  const [, tag, value = ''] = /^(UUID|LABEL|PARTUUID|PARTLABEL)=(.*)$/i.exec(device) ?? [];
  if (tag !== undefined) return (await findByTag(host, tag.toUpperCase(), value.replaceAll('"', ''))) ?? undefined;
  if (device.startsWith('/')) return (await host.files.realPath(device)) ?? device;
  // A program of fuse and what it mounts: sshfs#web1:/srv.
  return device.replace(/^\w+#(?=.)/, '');
}

/** The device with a UUID or label. */
export async function findByTag(host: ReadHost, tag: string, value: string): Promise<string | undefined> {
  const found = await host.inspect({ command: ['blkid', '-o', 'device', '-t', `${tag}=${value}`] });
  const [first] = found.stdout.split('\n').filter((line) => line !== '');
  return found.exitCode === 0 ? first : undefined;
}

/** The UUID or label of a device, as `mount_by` names it. */
export async function tagOf(host: ReadHost, tag: string, device: string): Promise<string | undefined> {
  const found = await host.inspect({ command: ['blkid', '-o', 'value', '-s', tag, '--', device] });
  const value = found.stdout.trim();
  return found.exitCode === 0 && value !== '' ? value : undefined;
}

/** Every name a mount's device goes by: its own, where links lead, and the file behind a loop device. */
export async function namesOfDevice(host: ReadHost, { device }: ActiveMount): Promise<readonly string[]> {
  const real = device.startsWith('/') ? await host.files.realPath(device) : undefined;
  const loop = /^\/dev\/(loop\d+)$/.exec(real ?? device)?.[1];
  const backing = loop === undefined ? undefined : await host.files.read(`/sys/block/${loop}/loop/backing_file`);
  const file = backing === undefined ? '' : Buffer.from(backing).toString('utf8').trim();
  return [...new Set([device, real ?? device, ...(file === '' ? [] : [file])])];
}

/** The mount that a path lies in: what a bind mount of the path shows. */
export async function mountAround(host: ReadHost, path: string): Promise<ActiveMount | undefined> {
  const mounts = await readActiveMounts(host);
  for (let folder = (await host.files.realPath(path)) ?? path; ; folder = posix.dirname(folder)) {
    const found = mounts.findLast(({ name }) => name === folder);
    if (found !== undefined || folder === '/' || folder === '.') return found;
  }
}
