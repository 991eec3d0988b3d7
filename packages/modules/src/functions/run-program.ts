import { isAppError } from '@brine/common';
import type { FunctionContext } from '../kit/context.ts';
import type { CommandRequest, CommandResult } from '../kit/host.ts';
import { saidByProgram } from '../providers/commands/run-tool.ts';
import { failure } from './failure.ts';

type Surroundings = Pick<FunctionContext, 'host' | 'signal' | 'log'>;
type Request = Omit<CommandRequest, 'command'>;

/** Runs a program of the system that may change it; throws when the machine does not have it. */
export async function runProgram(
  { host, signal }: Surroundings,
  command: readonly string[],
  request: Request = {},
): Promise<CommandResult> {
  const [program = ''] = command;
  if ((await host.which(program)) === undefined) throw failure(`${program} was not found on this minion.`);
  return host.run({ signal, ...request, command });
}

/**
 * Runs a program and answers whether it ended well; what it complained about goes to the log. A status other than 0 is
 * that of the call, as in Salt.
 */
export async function succeeds(
  context: Surroundings & Pick<FunctionContext, 'setRetcode'>,
  command: readonly string[],
  request: Request = {},
): Promise<boolean> {
  const result = await runProgram(context, command, request);
  if (result.exitCode === 0) return true;
  context.log.error('program failed', { program: command[0], said: result.stderr.trim() });
  context.setRetcode(result.exitCode);
  return false;
}

/** Runs a program and answers true, or as text what it complained about. A status other than 0 is that of the call. */
export async function trueOrComplaint(
  context: Surroundings & Pick<FunctionContext, 'setRetcode'>,
  command: readonly string[],
  request: Request = {},
): Promise<true | string> {
  const result = await runProgram(context, command, request);
  if (result.exitCode === 0) return true;
  context.setRetcode(result.exitCode);
  return complaint(result);
}

/**
 * Runs a program and answers what it wrote, errors among the rest, as Salt's `cmd.run` does: a status other than 0 is
 * that of the call, unless it is no matter (`ignoresStatus`).
 */
export async function runAndTell(
  context: Surroundings & Pick<FunctionContext, 'setRetcode'>,
  command: readonly string[],
  { ignoresStatus = false, ...request }: Request & { readonly ignoresStatus?: boolean } = {},
): Promise<string> {
  const { exitCode, stdout } = await runProgram(context, command, {
    mergeStderr: true,
    timeout: 3_600_000,
    ...request,
  });
  if (exitCode !== 0 && !ignoresStatus) context.setRetcode(exitCode);
  return stdout.trimEnd();
}

/** The lines of {@link runAndTell}. */
export async function runAndTellLines(...call: Parameters<typeof runAndTell>): Promise<readonly string[]> {
  const said = await runAndTell(...call);
  return said === '' ? [] : said.split('\n');
}

/** The output of a program that changes nothing; throws with what it complained about when it fails. */
export async function readOutput(
  { host, signal }: Surroundings,
  command: readonly string[],
  request: Request = {},
): Promise<string> {
  const [program = ''] = command;
  if ((await host.which(program)) === undefined) throw failure(`${program} was not found on this minion.`);
  const result = await host.inspect({ signal, ...request, command });
  if (result.exitCode !== 0) throw failure(`${program} failed: ${complaint(result)}`);
  return result.stdout;
}

/**
 * What a program complained about that a provider ran, as the answer of a call whose status is the program's. Throws
 * every other error anew.
 */
export function complaintOf(error: unknown, { setRetcode }: Pick<FunctionContext, 'setRetcode'>): string {
  if (!isAppError(error, 'state-failed')) throw error;
  const { exitCode } = error.details;
  setRetcode(typeof exitCode === 'number' ? exitCode : 1);
  return saidByProgram(error);
}

/** What a program that failed said. */
export function complaint({ stdout, stderr }: CommandResult): string {
  return stderr.trim() === '' ? stdout.trim() : stderr.trim();
}
