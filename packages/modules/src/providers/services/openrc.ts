import { AppError } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';
import { runTool } from '../commands/run-tool.ts';
import type { ServiceManager } from './service-manager.ts';

/** OpenRC, through `rc-service` and `rc-update`. */
export const openrc: ServiceManager = {
  name: 'openrc',
  isAvailable: async (host, service) => (await look(host, ['rc-service', '--exists', service])).exitCode === 0,
  isRunning: async (host, service) => (await look(host, ['rc-service', service, 'status'])).exitCode === 0,
  isEnabled: async (host, service) => {
    const { stdout } = await look(host, ['rc-update', 'show']);
    const line = stdout.split('\n').find((one) => one.split('|')[0]?.trim() === service);
    return line?.split('|')[1]?.trim() !== undefined && line.split('|')[1]?.trim() !== '';
  },
  isMasked: async () => false,
  act: async (machine, verb, service) => {
    await runTool(machine, ['rc-service', service, verb === 'force-reload' ? 'restart' : verb]);
  },
  enable: async (machine, service) => void (await runTool(machine, ['rc-update', 'add', service, 'default'])),
  disable: async (machine, service) => void (await runTool(machine, ['rc-update', 'delete', service])),
  mask: () => Promise.reject(noMasking()),
  unmask: () => Promise.reject(noMasking()),
  list: async (host) => {
    const { stdout } = await look(host, ['rc-service', '--list']);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .toSorted();
  },
};

function look(host: ReadHost, command: readonly string[]): ReturnType<ReadHost['inspect']> {
  return host.inspect({ command, timeout: 60_000 });
}

function noMasking(): AppError {
  return new AppError({ code: 'provider-missing', message: 'Service masking not available on this minion' });
}
