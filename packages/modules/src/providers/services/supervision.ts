import { AppError } from '@brine/common';
import type { Host, ReadHost } from '../../kit/index.ts';
import type { ServiceManager, ServiceVerb } from './service-manager.ts';

/** What differs between supervisors that look after folders of services, each with a program `run`. */
export interface Supervisor {
  readonly name: 'runit' | 's6';
  /** Folders in which services lie that the supervisor does not look after. */
  readonly offered: readonly string[];
  /** The folder the supervisor looks at. */
  folder(host: ReadHost): Promise<string | undefined>;
  isRunning(host: ReadHost, path: string): Promise<boolean>;
  isSupervised(host: ReadHost, path: string): Promise<boolean>;
  act(machine: Host, verb: ServiceVerb, path: string): Promise<void>;
  /** Has the supervisor look at its folder now, where it does not do so by itself. */
  rescan?(machine: Host, folder: string): Promise<void>;
}

/**
 * Services as folders: a service is there when its folder has a `run`; it starts at boot when the supervisor finds it and
 * no file `down` is in it.
 */
export function createSupervision(supervisor: Supervisor): ServiceManager {
  const linkedPath = async (host: ReadHost, service: string): Promise<string | undefined> => {
    const folder = await supervisor.folder(host);
    const path = `${folder ?? ''}/${service}`;
    return folder !== undefined && isName(service) && (await isService(host, path)) ? path : undefined;
  };
  const find = async (host: ReadHost, service: string): Promise<string | undefined> => {
    if (!isName(service)) return undefined;
    const linked = await linkedPath(host, service);
    if (linked !== undefined) return linked;
    for (const folder of supervisor.offered)
      if (await isService(host, `${folder}/${service}`)) return `${folder}/${service}`;
    return undefined;
  };
  const reach = async (machine: Host, service: string): Promise<string> =>
    (await linkedPath(machine, service)) ??
    link(supervisor, machine, { service, source: await find(machine, service) });

  return {
    name: supervisor.name,
    isAvailable: async (host, service) => (await find(host, service)) !== undefined,
    isRunning: async (host, service) => {
      const path = await linkedPath(host, service);
      return path !== undefined && supervisor.isRunning(host, path);
    },
    isEnabled: async (host, service) => {
      const path = await linkedPath(host, service);
      return path !== undefined && (await host.files.stat(`${path}/down`)) === undefined;
    },
    isMasked: async () => false,
    act: async (machine, verb, service) => supervisor.act(machine, verb, await reach(machine, service)),
    enable: async (machine, service) => {
      const path = await reach(machine, service);
      if ((await machine.files.stat(`${path}/down`)) !== undefined) await machine.files.remove(`${path}/down`);
    },
    disable: async (machine, service) => {
      const path = await linkedPath(machine, service);
      if (path !== undefined) await machine.files.write(`${path}/down`, new Uint8Array(), { mode: 0o644 });
    },
    mask: () => Promise.reject(noMasking()),
    unmask: () => Promise.reject(noMasking()),
    list: async (host) => {
      const folders = [await supervisor.folder(host), ...supervisor.offered].filter((folder) => folder !== undefined);
      const names = await Promise.all(folders.map(async (folder) => (await host.files.list(folder)) ?? []));
      const all = [...new Set(names.flat())].toSorted();
      const found = await Promise.all(all.map((name) => find(host, name)));
      return all.filter((_, index) => found[index] !== undefined);
    },
  };
}

function isName(service: string): boolean {
  return !service.includes('/') && !service.startsWith('.');
}

async function isService(host: ReadHost, path: string): Promise<boolean> {
  const stat = await host.files.stat(`${path}/run`, { follow: true });
  return stat?.kind === 'file' && (stat.mode & 0o111) !== 0;
}

/** Has the supervisor look after a service, without starting it, and waits until it does. */
async function link(
  supervisor: Supervisor,
  machine: Host,
  { service, source }: { readonly service: string; readonly source: string | undefined },
): Promise<string> {
  const folder = await supervisor.folder(machine);
  if (folder === undefined || source === undefined)
    throw new AppError({ code: 'state-failed', message: `The service ${service} was not found` });
  const path = `${folder}/${service}`;
  // A service that is linked without this would be started at once.
  const wasDown = (await machine.files.stat(`${source}/down`)) !== undefined;
  await machine.files.write(`${source}/down`, new Uint8Array(), { mode: 0o644 });
  await machine.files.makeSymlink(path, source);
  try {
    await supervisor.rescan?.(machine, folder);
    await waitForSupervisor(supervisor, machine, path);
  } finally {
    if (!wasDown) await machine.files.remove(`${source}/down`);
  }
  return path;
}

// runsvdir looks every five seconds.
async function waitForSupervisor(supervisor: Supervisor, machine: Host, path: string): Promise<void> {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    if (await supervisor.isSupervised(machine, path)) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new AppError({ code: 'state-failed', message: `${supervisor.name} does not look after ${path}` });
}

function noMasking(): AppError {
  return new AppError({ code: 'provider-missing', message: 'Service masking not available on this minion' });
}
