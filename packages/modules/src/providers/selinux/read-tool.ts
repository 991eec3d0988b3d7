import type { ReadHost } from '../../kit/index.ts';
import { toolFailure } from '../commands/run-tool.ts';

/** What a program of SELinux that only looks prints. Throws `state-failed` when it fails or is not there. */
export async function readTool(host: ReadHost, command: readonly string[]): Promise<string> {
  const result = await host.inspect({ command, timeout: 600_000 });
  if (result.exitCode !== 0) throw toolFailure(command, result);
  return result.stdout;
}
