import { basename } from 'node:path';
import { AppError } from '@brine/common';
import type { Host, ReadHost } from '../../kit/index.ts';
import { runTool } from '../commands/run-tool.ts';
import type { ServiceManager } from './service-manager.ts';

// Where runsvdir looks, and where services lie that are not linked there.
const supervised = ['/service', '/var/service', '/etc/service'];
const offered = ['/etc/sv', '/etc/runit/sv'];

/**
 * runit, through `sv`. A service is there when its folder has a `run`; it starts at boot when runsvdir finds it and no
 * file `down` is in it.
 */
export const runit: ServiceManager = {
  name: 'runit',
  isAvailable: async (host, service) => (await findService(host, service)) !== undefined,
  isRunning: async (host, service) => {
    const path = await linkedPath(host, service);
    if (path === undefined) return false;
    const { stdout } = await host.inspect({ command: ['sv', 'status', path], timeout: 30_000 });
    return stdout.startsWith('run: ');
  },
  isEnabled: async (host, service) => {
    const path = await linkedPath(host, service);
    return path !== undefined && (await host.files.stat(`${path}/down`)) === undefined;
  },
  isMasked: async () => false,
  act: async (machine, verb, service) => {
    const path = (await linkedPath(machine, service)) ?? (await link(machine, service));
    await runTool(machine, ['sv', verb === 'force-reload' ? 'restart' : verb, path]);
  },
  enable: async (machine, service) => {
    const linked = await linkedPath(machine, service);
    // A service that is linked without this would be started at once.
    const path = linked ?? (await link(machine, service));
    if ((await machine.files.stat(`${path}/down`)) !== undefined) await machine.files.remove(`${path}/down`);
  },
  disable: async (machine, service) => {
    const path = await linkedPath(machine, service);
    if (path !== undefined) await machine.files.write(`${path}/down`, new Uint8Array(), { mode: 0o644 });
  },
  mask: () => Promise.reject(noMasking()),
  unmask: () => Promise.reject(noMasking()),
  list: async (host) => {
    const folders = [await serviceFolder(host), ...offered].filter((folder) => folder !== undefined);
    const names = await Promise.all(folders.map(async (folder) => (await host.files.list(folder)) ?? []));
    const all = [...new Set(names.flat())].toSorted();
    const found = await Promise.all(all.map((name) => findService(host, name)));
    return all.filter((_, index) => found[index] !== undefined);
  },
};

/** Whether runit is the first process: its folders are also on machines that merely have the package. */
export async function hasRunit(host: ReadHost): Promise<boolean> {
  const command = Buffer.from((await host.files.read('/proc/1/cmdline')) ?? '').toString('utf8');
  const program = basename(command.split('\0')[0] ?? '');
  if (!firstPrograms.has(program) || (await host.which('sv')) === undefined) return false;
  return (await serviceFolder(host)) !== undefined;
}

/** As the first process of a machine, or of a container. */
const firstPrograms: ReadonlySet<string> = new Set(['runit', 'runit-init', 'runsvdir', 'runsvdir-start']);

async function serviceFolder(host: ReadHost): Promise<string | undefined> {
  for (const folder of supervised) if ((await host.files.stat(folder, { follow: true })) !== undefined) return folder;
  return undefined;
}

async function isService(host: ReadHost, path: string): Promise<boolean> {
  const stat = await host.files.stat(`${path}/run`, { follow: true });
  return stat?.kind === 'file' && (stat.mode & 0o111) !== 0;
}

async function linkedPath(host: ReadHost, service: string): Promise<string | undefined> {
  const folder = await serviceFolder(host);
  const path = `${folder ?? ''}/${service}`;
  return folder !== undefined && (await isService(host, path)) ? path : undefined;
}

async function findService(host: ReadHost, service: string): Promise<string | undefined> {
  if (service.includes('/') || service.startsWith('.')) return undefined;
  const linked = await linkedPath(host, service);
  if (linked !== undefined) return linked;
  for (const folder of offered) if (await isService(host, `${folder}/${service}`)) return `${folder}/${service}`;
  return undefined;
}

/** Has runsvdir look after a service, without starting it, and waits until it does. */
async function link(machine: Host, service: string): Promise<string> {
  const [folder, source] = [await serviceFolder(machine), await findService(machine, service)];
  if (folder === undefined || source === undefined)
    throw new AppError({ code: 'state-failed', message: `The service ${service} was not found` });
  const path = `${folder}/${service}`;
  const wasDown = (await machine.files.stat(`${source}/down`)) !== undefined;
  await machine.files.write(`${source}/down`, new Uint8Array(), { mode: 0o644 });
  await machine.files.makeSymlink(path, source);
  try {
    await waitForSupervisor(machine, path);
  } finally {
    if (!wasDown) await machine.files.remove(`${source}/down`);
  }
  return path;
}

// runsvdir looks every five seconds.
async function waitForSupervisor(machine: Host, path: string): Promise<void> {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const { exitCode } = await machine.inspect({ command: ['sv', 'status', path], timeout: 30_000 });
    if (exitCode === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new AppError({ code: 'state-failed', message: `runsvdir does not look after ${path}` });
}

function noMasking(): AppError {
  return new AppError({ code: 'provider-missing', message: 'Service masking not available on this minion' });
}
