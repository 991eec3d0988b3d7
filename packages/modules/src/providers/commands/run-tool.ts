import { AppError } from '@brine/common';
import type { CommandRequest, CommandResult, Host } from '../../kit/index.ts';

const toolTimeout = 600_000;

/** Runs a system program and gives its output; throws `state-failed` with what it complained about when it fails. */
export async function runTool(
  machine: Pick<Host, 'run'>,
  command: readonly string[],
  request: Omit<CommandRequest, 'command'> = {},
): Promise<CommandResult> {
  const result = await machine.run({ timeout: toolTimeout, ...request, command });
  if (result.exitCode === 0) return result;
  throw toolFailure(command, result);
}

/** The error for a program that failed; arguments are left out, for they may hold what nobody is to see. */
export function toolFailure(command: readonly string[], result: CommandResult): AppError {
  const said = [result.stderr.trim(), result.stdout.trim()].find((text) => text !== '');
  return new AppError({
    code: 'state-failed',
    message: `${command[0] ?? ''} ended with status ${result.exitCode}${said === undefined ? '' : `: ${said}`}`,
    details: { program: command[0], exitCode: result.exitCode, ...(said === undefined ? {} : { said }) },
  });
}

/** What the program itself said whose failure an error is; the whole message of any other. */
export function saidByProgram({ message, details }: Pick<AppError, 'message' | 'details'>): string {
  return typeof details['said'] === 'string' ? details['said'] : message;
}
