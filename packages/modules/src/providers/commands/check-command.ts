import { isAppError, type Applied, type CheckOutcome } from '@brine/common';
import { willChange, type Host, type StateContext } from '../../kit/index.ts';
import { isDirectory } from '../files/paths.ts';
import { runShellState, type ShellCommand } from './shell-state.ts';

/** The outcome of a command state: always a change, for only running it tells. */
export function willRun(line: string, command: ShellCommand, context: StateContext): CheckOutcome<Host> {
  const pending = { comment: `Command "${line}" would have been executed`, changes: {} };
  const run = { line, done: `Command "${line}" run`, command };
  return willChange(pending, (machine) => inDirectory(command, machine, () => runShellState(run, machine, context)));
}

/** Runs something in the directory a command asks for; its absence and refusals to start become the comment. */
export async function inDirectory(
  command: Pick<ShellCommand, 'cwd'>,
  machine: Host,
  act: () => Promise<Applied>,
): Promise<Applied> {
  const { cwd } = command;
  if (cwd !== undefined && !(await isDirectory(machine, cwd)))
    return { comment: `Desired working directory "${cwd}" is not available`, changes: {}, failed: true };
  try {
    return await act();
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return { comment: caught.message, changes: {}, failed: true };
  }
}
