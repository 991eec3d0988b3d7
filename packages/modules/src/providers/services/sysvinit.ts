import { AppError } from '@brine/common';
import { runTool } from '../commands/run-tool.ts';
import type { ReadHost } from '../../kit/index.ts';
import type { ServiceManager } from './service-manager.ts';

const bootLevels = ['2', '3', '4', '5', 'S'];

/** Init scripts under `/etc/init.d`, enabled through Debian's `update-rc.d` or Red Hat's `chkconfig`. */
export const sysvinit: ServiceManager = {
  name: 'sysvinit',
  isAvailable: (host, service) => hasScript(host, service),
  isRunning: async (host, service) => {
    if (!(await hasScript(host, service))) return false;
    const command = [`/etc/init.d/${service}`, 'status'];
    return (await host.inspect({ command, timeout: 60_000 })).exitCode === 0;
  },
  isEnabled: async (host, service) => {
    const found = await Promise.all(bootLevels.map((level) => startsAt(host, service, level)));
    return found.includes(true);
  },
  isMasked: async () => false,
  act: async (machine, verb, service) => {
    await runTool(machine, ['service', service, verb]);
  },
  enable: async (machine, service) => {
    if ((await machine.which('update-rc.d')) === undefined) {
      await runTool(machine, ['chkconfig', service, 'on']);
      return;
    }
    await runTool(machine, ['update-rc.d', service, 'defaults']);
    await runTool(machine, ['update-rc.d', service, 'enable']);
  },
  disable: async (machine, service) => {
    const isDebian = (await machine.which('update-rc.d')) !== undefined;
    await runTool(machine, isDebian ? ['update-rc.d', service, 'disable'] : ['chkconfig', service, 'off']);
  },
  mask: () => Promise.reject(noMasking()),
  unmask: () => Promise.reject(noMasking()),
  list: async (host) => {
    const names = (await host.files.list('/etc/init.d')) ?? [];
    const scripts = await Promise.all(names.map((name) => hasScript(host, name)));
    return names.filter((name, index) => scripts[index] === true && name !== 'README');
  },
};

async function hasScript(host: ReadHost, service: string): Promise<boolean> {
  if (service.includes('/')) return false;
  const stat = await host.files.stat(`/etc/init.d/${service}`, { follow: true });
  return stat?.kind === 'file' && (stat.mode & 0o111) !== 0;
}

async function startsAt(host: ReadHost, service: string, level: string): Promise<boolean> {
  const links = (await host.files.list(`/etc/rc${level}.d`)) ?? [];
  return links.some((link) => /^S\d\d/.test(link) && link.slice(3) === service);
}

function noMasking(): AppError {
  return new AppError({ code: 'provider-missing', message: 'Service masking not available on this minion' });
}
