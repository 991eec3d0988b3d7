import { AppError } from '@brine/common';
import type { CommandRequest, Host } from '../../kit/index.ts';
import { toolFailure } from '../commands/run-tool.ts';

/** Runs `mount`; throws `state-failed` with nothing but its complaint, as Salt tells it, when it made one. */
export async function runMount(
  machine: Pick<Host, 'run'>,
  options: readonly string[],
  request: Omit<CommandRequest, 'command'> = {},
): Promise<void> {
  const command = ['mount', ...options];
  const result = await machine.run({ ...request, command });
  if (result.exitCode === 0) return;
  const said = result.stderr.trim();
  if (said === '' || result.timedOut) throw toolFailure(command, result);
  throw new AppError({ code: 'state-failed', message: said, details: { program: 'mount', exitCode: result.exitCode } });
}
