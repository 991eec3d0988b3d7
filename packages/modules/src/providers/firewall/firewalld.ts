import type { Host, ReadHost } from '../../kit/index.ts';
import { runTool, toolFailure } from '../commands/run-tool.ts';

const program = 'firewall-cmd';

/** What `firewall-cmd` answers to a question about what is kept. Throws `state-failed`. */
export async function askFirewalld(host: ReadHost, words: readonly string[]): Promise<string> {
  const command = [program, '--permanent', ...words];
  const result = await host.inspect({ command, timeout: 60_000 });
  if (result.exitCode !== 0) throw toolFailure(command, result);
  return result.stdout.trim();
}

/** The same as words. Throws `state-failed`. */
export async function listFirewalld(host: ReadHost, words: readonly string[]): Promise<readonly string[]> {
  return (await askFirewalld(host, words)).split(/\s+/).filter((word) => word !== '');
}

/** The zone for interfaces that are in none. Throws `state-failed`. */
export async function defaultZone(host: ReadHost): Promise<string> {
  const command = [program, '--get-default-zone'];
  const result = await host.inspect({ command, timeout: 60_000 });
  if (result.exitCode !== 0) throw toolFailure(command, result);
  return result.stdout.trim();
}

/** Changes what is kept, step by step, and has the firewall take it over. Throws `state-failed`. */
export async function changeFirewalld(machine: Host, steps: readonly (readonly string[])[]): Promise<void> {
  for (const step of steps) await runTool(machine, [program, ...step]);
  await runTool(machine, [program, '--reload']);
}
