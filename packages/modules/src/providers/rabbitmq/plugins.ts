import type { ReadHost } from '../../kit/index.ts';
import { toolFailure } from '../commands/run-tool.ts';
import type { RabbitmqRunner } from './rabbitmq.ts';

/** Whether a plugin is enabled by itself, rather than because another needs it. Throws `state-failed`. */
export async function isPluginEnabled(host: ReadHost, { runas }: RabbitmqRunner, name: string): Promise<boolean> {
  const command = ['rabbitmq-plugins', 'list', '--enabled', '--minimal', '--quiet'];
  const user = runas === undefined ? {} : { user: runas };
  const result = await host.inspect({ command, timeout: 300_000, ...user });
  if (result.exitCode !== 0) throw toolFailure(command, result);
  return result.stdout.split('\n').some((line) => line.trim() === name);
}
