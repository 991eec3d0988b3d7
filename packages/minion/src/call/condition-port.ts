import { functionTable } from '@brine/modules';
import type { CommandRequest, Host } from '@brine/modules/kit';
import type { ConditionPort, ShellOptions } from '@brine/sls';

/** How conditions and slots of states reach this machine. */
export function createConditionPort(host: Host, call: ConditionPort['call']): ConditionPort {
  return {
    call,
    has: (name) => Object.hasOwn(functionTable, name),
    pathExists: async (path) => (await host.files.stat(path, { follow: true })) !== undefined,
    shell: async (line, options) => {
      const { exitCode, stdout, stderr } = await host.run(toRequest(host, line, options));
      return { exitCode, stdout, stderr };
    },
  };
}

function toRequest(host: Host, line: string, options: ShellOptions): CommandRequest {
  const { cwd, runas, group, umask, timeout, signal, root } = options;
  const shell = options.shell ?? host.environment('SHELL') ?? '/bin/sh';
  const command = root === undefined ? { line, shell } : ['chroot', root, shell, '-c', line];
  return {
    command,
    environment: environmentOf(host, options),
    ...(cwd === undefined ? {} : { workingDirectory: cwd }),
    ...(runas === undefined ? {} : { user: runas }),
    ...(group === undefined ? {} : { group }),
    ...(umask === undefined ? {} : { umask }),
    timeout: timeout === undefined ? null : timeout * 1000,
    answersTimeout: true,
    ...(signal === undefined ? {} : { signal }),
  };
}

function environmentOf(host: Host, { env, prependPath }: ShellOptions): Record<string, string> {
  const environment = Object.fromEntries(env ?? []);
  if (prependPath === undefined) return environment;
  return { ...environment, PATH: `${prependPath}:${environment['PATH'] ?? host.environment('PATH') ?? ''}` };
}
