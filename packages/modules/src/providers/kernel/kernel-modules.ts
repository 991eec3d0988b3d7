import type { Dict } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';

/** Where modules to load at boot stand: a file of their own where there is systemd. */
export function modulesFile(grains: Dict): string {
  return grains.has('systemd') ? '/etc/modules-load.d/salt_managed.conf' : '/etc/modules';
}

/** Whether a kernel module is loaded or built in. */
export async function isLoaded(host: ReadHost, name: string): Promise<boolean> {
  const plain = name.replaceAll('-', '_');
  if ((await host.files.stat(`/sys/module/${plain}`)) !== undefined) return true;
  const text = Buffer.from((await host.files.read('/proc/modules')) ?? '').toString('utf8');
  return text.split('\n').some((line) => line.startsWith(`${plain} `));
}

/** The modules that a file has loaded at boot. */
export async function bootModules(host: ReadHost, file: string): Promise<readonly string[]> {
  const text = Buffer.from((await host.files.read(file)) ?? '').toString('utf8');
  return text.split('\n').flatMap((line) => line.replace(/#.*/, '').trim().split(/\s+/)[0] || []);
}
