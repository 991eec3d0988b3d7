import { commaList, lineText, withDefault, type Host, type ReadHost } from '../../kit/index.ts';
import { toolFailure } from '../commands/run-tool.ts';

/** The arguments of the `incron` states. */
export const incronArguments = {
  name: lineText().describe('How the job is named in what is reported.'),
  path: lineText().describe('What is watched.'),
  mask: commaList().describe('The events, e.g. IN_MODIFY.'),
  cmd: lineText().describe('The command.'),
  user: withDefault(lineText(), 'root').describe('Whose table it is in.'),
};

/** A job: a line of a table. */
export interface IncronJob {
  readonly path: string;
  readonly mask: readonly string[];
  readonly cmd: string;
}

/** The lines of an account's table. Throws `state-failed` when it cannot be read. */
export async function readIncron(host: ReadHost, user: string): Promise<readonly string[]> {
  const command = ['incrontab', '-l', '-u', user];
  const result = await host.inspect({ command, timeout: 60_000 });
  const isEmpty = /no table for/.test(`${result.stdout}${result.stderr}`);
  if (isEmpty) return [];
  if (result.exitCode !== 0) throw toolFailure(command, result);
  return result.stdout.split('\n').filter((line) => line !== '');
}

/** Replaces an account's table. Throws `state-failed` with what the program complained about. */
export async function writeIncron(machine: Host, user: string, lines: readonly string[]): Promise<void> {
  const command = ['incrontab', '-u', user, '-'];
  const result = await machine.run({ command, input: lines.map((line) => `${line}\n`).join(''), timeout: 60_000 });
  // It says what is wrong with a line, and ends well.
  if (result.exitCode !== 0 || /error|invalid/i.test(`${result.stdout}${result.stderr}`))
    throw toolFailure(command, result);
}

/** Whether a line is the job for this path and command, with these events or at least one of them. */
export function compareJob(line: string, job: IncronJob): 'same' | 'other-events' | 'other' {
  const [, path, events = '', cmd] = /^(\S+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
  if (path !== job.path || cmd !== job.cmd) return 'other';
  const found = events.split(',');
  if (found.length === job.mask.length && job.mask.every((event) => found.includes(event))) return 'same';
  return job.mask.some((event) => found.includes(event)) ? 'other-events' : 'other';
}
