import { isAppError, matchGlob, type Value } from '@brine/common';
import { z } from 'zod';
import { flag, optional, text, unsupported, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction, type FunctionDeclaration } from '../../kit/define-function.ts';
import type { Host } from '../../kit/host.ts';
import { chooseServiceManager } from '../../providers/services/choose-service-manager.ts';
import type { ServiceManager } from '../../providers/services/service-manager.ts';

const name = text()
  .refine((value) => /^[\w@:.][\w@:.\\+-]*$/.test(value), 'must be the name of a service')
  .describe('Name of the service.');

const runtime = withDefault(flag(), false).describe('Until the machine starts anew.');
const noRoot = unsupported('services of another root');

export const start = verb('service.start', 'Starts a service', (manager, host, service) =>
  manager.act(host, 'start', service),
);
export const stop = verb('service.stop', 'Stops a service', (manager, host, service) =>
  manager.act(host, 'stop', service),
);
export const restart = verb('service.restart', 'Restarts a service', (manager, host, service) =>
  manager.act(host, 'restart', service),
);
export const reload = verb('service.reload', 'Has a service read its configuration anew', (manager, host, service) =>
  manager.act(host, 'reload', service),
);
export const forceReload = verb('service.force_reload', 'Reloads a service, or restarts it', (manager, host, service) =>
  manager.act(host, 'force-reload', service),
);
export const enable = verb('service.enable', 'Has a service start at boot', (manager, host, service) =>
  manager.enable(host, service),
);
export const disable = verb('service.disable', 'Has a service not start at boot', (manager, host, service) =>
  manager.disable(host, service),
);
export const mask = maskVerb('service.mask', 'Makes a service impossible to start');
export const unmask = maskVerb('service.unmask', 'Makes a service possible to start again');

export const status = defineFunction({
  name: 'service.status',
  summary: 'Whether a service runs; for a glob, of each service whose name it matches.',
  args: z.object({
    name: text()
      .refine((value) => /^[\w@:.*?[][\w@:.\\+*?[\]!-]*$/.test(value), 'must be the name of a service, or a glob')
      .describe('Name of the service, or a glob.'),
    sig: optional(text()).describe('A text to look for in the command lines of processes instead.'),
  }),
  examples: ["'*' service.status nginx", "'*' service.status 'postgres*'"],
  async run({ name: service, sig }, context): Promise<Value> {
    if (sig !== undefined && sig !== '') return (await context.call('status.pid', [sig])) !== '';
    const { host } = context;
    const manager = await chooseServiceManager(host);
    if (!/[*?]|\[.+\]/.test(service)) return manager.isRunning(host, service);
    const running = new Map<Value, Value>();
    for (const each of await manager.list(host))
      if (matchGlob(service, each)) running.set(each, await manager.isRunning(host, each));
    return running;
  },
});

export const available = defineFunction({
  name: 'service.available',
  summary: 'Whether a service is installed.',
  args: z.object({ name }),
  examples: ["'*' service.available sshd"],
  run: async ({ name: service }, { host }) => (await chooseServiceManager(host)).isAvailable(host, service),
});

export const missing = defineFunction({
  name: 'service.missing',
  summary: 'Whether a service is not installed.',
  args: z.object({ name }),
  examples: ["'*' service.missing sshd"],
  run: async ({ name: service }, { host }) => !(await (await chooseServiceManager(host)).isAvailable(host, service)),
});

export const enabled = defineFunction({
  name: 'service.enabled',
  ignoresOthers: true,
  summary: 'Whether a service starts at boot.',
  args: z.object({ name }),
  examples: ["'*' service.enabled sshd"],
  run: async ({ name: service }, { host }) => (await chooseServiceManager(host)).isEnabled(host, service),
});

export const disabled = defineFunction({
  name: 'service.disabled',
  summary: 'Whether a service does not start at boot. Of one that is not there: true, with scripts of init false.',
  args: z.object({ name }),
  examples: ["'*' service.disabled sshd"],
  async run({ name: service }, { host }) {
    const manager = await chooseServiceManager(host);
    if (await manager.isEnabled(host, service)) return false;
    return manager.name !== 'sysvinit' || manager.isAvailable(host, service);
  },
});

export const masked = defineFunction({
  name: 'service.masked',
  summary: 'Whether a service is masked.',
  args: z.object({ name, runtime, root: noRoot }),
  examples: ["'*' service.masked sshd"],
  run: async ({ name: service, runtime: untilBoot }, { host }) =>
    (await chooseServiceManager(host)).isMasked(host, service, untilBoot),
});

export const getAll = defineFunction({
  name: 'service.get_all',
  summary: 'The names of all services, sorted.',
  args: z.object({}),
  examples: ["'*' service.get_all"],
  run: async (_args, { host }) => (await chooseServiceManager(host)).list(host),
});

export const getEnabled = defineFunction({
  name: 'service.get_enabled',
  summary: 'The names of the services that start at boot, sorted.',
  args: z.object({}),
  examples: ["'*' service.get_enabled"],
  run: (_args, context) => listByBoot(context, true),
});

export const getDisabled = defineFunction({
  name: 'service.get_disabled',
  summary: 'The names of the services that do not start at boot, sorted.',
  args: z.object({}),
  examples: ["'*' service.get_disabled"],
  run: (_args, context) => listByBoot(context, false),
});

export const systemctlReload = defineFunction({
  name: 'service.systemctl_reload',
  summary: 'Has systemd read its unit files anew; true, without doing anything, where there is no systemd.',
  args: z.object({}),
  examples: ["'*' service.systemctl_reload"],
  async run(_args, { host, signal }) {
    if ((await chooseServiceManager(host)).name !== 'systemd') return true;
    const result = await host.run({ command: ['systemctl', 'daemon-reload'], signal });
    return result.exitCode === 0;
  },
});

function verb(
  functionName: string,
  summary: string,
  act: (manager: ServiceManager, host: Host, service: string) => Promise<void>,
): FunctionDeclaration {
  return defineFunction({
    name: functionName,
    ignoresOthers: true,
    summary: `${summary}; answers whether that went well.`,
    args: z.object({ name }),
    examples: [`'*' ${functionName} nginx`],
    run: ({ name: service }, context) => endsWell(context, service, (manager, host) => act(manager, host, service)),
  });
}

function maskVerb(functionName: 'service.mask' | 'service.unmask', summary: string): FunctionDeclaration {
  return defineFunction({
    name: functionName,
    summary: `${summary}; answers whether that went well.`,
    args: z.object({ name, runtime, root: noRoot }),
    examples: [`'*' ${functionName} nginx`],
    run: ({ name: service, runtime: untilBoot }, context) =>
      endsWell(context, service, (manager, host) =>
        functionName === 'service.mask'
          ? manager.mask(host, service, untilBoot)
          : manager.unmask(host, service, untilBoot),
      ),
  });
}

async function endsWell(
  { host, log, setRetcode }: FunctionContext,
  service: string,
  act: (manager: ServiceManager, host: Host) => Promise<void>,
): Promise<boolean> {
  try {
    await act(await chooseServiceManager(host), host);
    return true;
  } catch (error) {
    if (!isAppError(error, 'state-failed')) throw error;
    log.error('service program failed', { service, said: error.message });
    setRetcode(1);
    return false;
  }
}

async function listByBoot({ host }: FunctionContext, isWanted: boolean): Promise<readonly string[]> {
  const manager = await chooseServiceManager(host);
  const services = await manager.list(host);
  const states = await Promise.all(services.map((service) => manager.isEnabled(host, service)));
  return services.filter((_service, index) => states[index] === isWanted);
}
