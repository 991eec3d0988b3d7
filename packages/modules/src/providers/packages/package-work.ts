import type { CommandRequest, CommandResult, Host } from '../../kit/index.ts';
import { toolFailure } from '../commands/run-tool.ts';

/** Milliseconds that an installation may take. */
export const workTimeout = 3_600_000;

/** Runs a package manager that changes the machine; throws `state-failed` with what it complained about. */
export async function workWith(
  machine: Host,
  command: readonly string[],
  request: Omit<CommandRequest, 'command' | 'signal'> & {
    readonly signal?: AbortSignal | undefined;
    readonly succeeds?: (exitCode: number) => boolean;
  } = {},
): Promise<CommandResult> {
  const { signal, succeeds = (exitCode: number) => exitCode === 0, environment, ...rest } = request;
  const result = await machine.run({
    timeout: workTimeout,
    ...rest,
    ...(signal === undefined ? {} : { signal }),
    environment: { LC_ALL: 'C.UTF-8', ...environment },
    command,
  });
  if (!succeeds(result.exitCode)) throw toolFailure(command, shorten(result));
  return result;
}

// Such programs tell at length what they did before they tell what went wrong.
function shorten(result: CommandResult): CommandResult {
  const lines = `${result.stderr}\n${result.stdout}`.split('\n').map((line) => line.trimEnd());
  const errors = lines.filter((line) => /^\s*(error|problem|fail|- |no |\(?\d+\/?\d*\)? ?error)/i.test(line));
  const shown = errors.length > 0 ? errors : lines.filter((line) => line !== '').slice(-10);
  return { ...result, stderr: [...new Set(shown)].slice(0, 20).join('\n'), stdout: '' };
}
