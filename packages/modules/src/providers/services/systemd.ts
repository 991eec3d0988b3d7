import type { ReadHost } from '../../kit/index.ts';
import { runTool } from '../commands/run-tool.ts';
import type { ServiceManager } from './service-manager.ts';

const lookTimeout = 30_000;
const actTimeout = 600_000;

/** systemd, through `systemctl`. */
export const systemd: ServiceManager = {
  name: 'systemd',
  isAvailable: async (host, service) => {
    const state = await show(host, service, 'LoadState');
    return state !== '' && state !== 'not-found';
  },
  isRunning: async (host, service) => (await look(host, ['is-active', '--', service])).exitCode === 0,
  isEnabled: async (host, service) => (await look(host, ['is-enabled', '--', service])).exitCode === 0,
  isMasked: async (host, service, runtime) => {
    const { stdout } = await look(host, ['is-enabled', '--', service]);
    return stdout.trim() === (runtime ? 'masked-runtime' : 'masked');
  },
  act: async (machine, verb, service) => {
    const word = verb === 'force-reload' ? 'reload-or-restart' : verb;
    await runTool(machine, ['systemctl', word, '--', service], { timeout: actTimeout });
  },
  enable: async (machine, service) => void (await runTool(machine, ['systemctl', 'enable', '--', service])),
  disable: async (machine, service) => void (await runTool(machine, ['systemctl', 'disable', '--', service])),
  mask: async (machine, service, runtime) =>
    void (await runTool(machine, ['systemctl', 'mask', ...(runtime ? ['--runtime'] : []), '--', service])),
  unmask: async (machine, service, runtime) =>
    void (await runTool(machine, ['systemctl', 'unmask', ...(runtime ? ['--runtime'] : []), '--', service])),
  list: async (host) => {
    const { stdout } = await look(host, ['list-unit-files', '--type=service', '--no-legend', '--no-pager']);
    const names = stdout.split('\n').map((line) => line.split(/\s+/)[0] ?? '');
    return names
      .filter((name) => name !== '')
      .map((name) => name.replace(/\.service$/, ''))
      .toSorted();
  },
};

function look(host: ReadHost, args: readonly string[]): ReturnType<ReadHost['inspect']> {
  return host.inspect({ command: ['systemctl', ...args], timeout: lookTimeout });
}

async function show(host: ReadHost, service: string, property: string): Promise<string> {
  const { stdout } = await look(host, ['show', `--property=${property}`, '--', service]);
  return stdout.trim().replace(`${property}=`, '');
}
