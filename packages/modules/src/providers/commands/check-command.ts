import { isAppError, isDict, pythonStr, type Applied, type CheckOutcome, type ForetoldOutcome } from '@brine/common';
import type { CommandHost } from '../../functions/cmd/run-command.ts';
import { willChange, type Host, type ReadHost, type StateContext } from '../../kit/index.ts';
import { isDirectory } from '../files/paths.ts';
import { runShellState, type ShellCommand } from './shell-state.ts';

/** The outcome of a command state: always a change, for only running it tells. */
export function willRun(line: string, command: ShellCommand, context: StateContext): CheckOutcome<Host> {
  const pending = { comment: `Command "${line}" would have been executed`, changes: {} };
  const run = { line, done: `Command "${line}" run`, command };
  const outcome = willChange(pending, (machine) =>
    inDirectory(command, machine, () => runShellState(run, machine, context)),
  );
  const rehearsal = rehearsalOf(command);
  if (rehearsal === undefined) return outcome;
  return { ...outcome, foretell: () => rehearse(rehearsal, command, context) };
}

/** `stateful: [{test_name: …}]`: what tells in a dry run if the command would change anything. */
function rehearsalOf({ stateful }: ShellCommand): string | undefined {
  const [first] = Array.isArray(stateful) ? stateful : [];
  const line = isDict(first) ? first.get('test_name') : undefined;
  return line === undefined || line === null ? undefined : pythonStr(line);
}

async function rehearse(line: string, command: ShellCommand, context: StateContext): Promise<ForetoldOutcome> {
  const { host } = context;
  const looking: CommandHost = {
    files: host.files,
    account: (name) => host.account(name),
    which: (program) => host.which(program),
    environment: (name) => host.environment(name),
    run: (request) => host.inspect(request),
  };
  const run = { line, done: '', command };
  const { comment, changes, failed } = await inDirectory(command, host, () => runShellState(run, looking, context));
  if (failed === true) return { kind: 'fail', comment, changes };
  return Object.keys(changes).length === 0
    ? { kind: 'ok', comment }
    : { kind: 'change', pending: { comment, changes } };
}

/** Runs something in the directory a command asks for; its absence and refusals to start become the comment. */
export async function inDirectory(
  command: Pick<ShellCommand, 'cwd'>,
  machine: Pick<ReadHost, 'files'>,
  act: () => Promise<Applied>,
): Promise<Applied> {
  const { cwd } = command;
  if (cwd !== undefined && cwd !== '' && !(await isDirectory(machine, cwd)))
    return { comment: `Desired working directory "${cwd}" is not available`, changes: {}, failed: true };
  try {
    return await act();
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return { comment: caught.message, changes: {}, failed: true };
  }
}
