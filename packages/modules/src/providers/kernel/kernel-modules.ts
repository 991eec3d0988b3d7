import type { ReadHost } from '../../kit/index.ts';

/** Where modules to load at boot stand. */
export const modulesFile = '/etc/modules';

/** Whether a kernel module is loaded or built in. */
export async function isLoaded(host: ReadHost, name: string): Promise<boolean> {
  const plain = name.replaceAll('-', '_');
  if ((await host.files.stat(`/sys/module/${plain}`)) !== undefined) return true;
  const text = Buffer.from((await host.files.read('/proc/modules')) ?? '').toString('utf8');
  return text.split('\n').some((line) => line.startsWith(`${plain} `));
}

/** The modules that are loaded at boot. */
export async function bootModules(host: ReadHost): Promise<readonly string[]> {
  const text = Buffer.from((await host.files.read(modulesFile)) ?? '').toString('utf8');
  return text.split('\n').flatMap((line) => line.replace(/#.*/, '').trim().split(/\s+/)[0] || []);
}
