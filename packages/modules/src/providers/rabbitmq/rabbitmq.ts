import { AppError } from '@brine/common';
import { lineText, optional, type CommandResult, type Host, type ReadHost } from '../../kit/index.ts';
import { runTool } from '../commands/run-tool.ts';
import { readJson } from '../commands/read-json.ts';

/** The argument by which `rabbitmq_*` states run the program as another account. */
export const rabbitmqArguments = {
  runas: optional(lineText()).describe('Account rabbitmqctl runs as; that of the minion unless given.'),
};

/** Who the program runs as. */
export interface RabbitmqRunner {
  readonly runas?: string | undefined;
}

/** The rows that a list command of the broker answers. Throws `state-failed` when the broker refuses or is not there. */
export async function askRabbitmq(
  host: ReadHost,
  runner: RabbitmqRunner,
  words: readonly string[],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const command = ['rabbitmqctl', '--quiet', '--formatter=json', ...words];
  const result = await host.inspect({ command, timeout: 300_000, ...asUser(runner) });
  if (result.exitCode !== 0) throw refusal(result);
  const rows: unknown = result.stdout.trim() === '' ? [] : readJson('rabbitmqctl', result.stdout);
  return Array.isArray(rows) ? (rows as Readonly<Record<string, unknown>>[]) : [];
}

/** Whether the broker takes a password; it goes through standard input, for command lines are for everyone to see. */
export async function fitsPassword(
  host: ReadHost,
  runner: RabbitmqRunner,
  account: { readonly name: string; readonly password: string },
): Promise<boolean> {
  const command = ['rabbitmqctl', '--quiet', 'authenticate_user', account.name];
  const input = `${account.password}\n`;
  return (await host.inspect({ command, input, timeout: 300_000, ...asUser(runner) })).exitCode === 0;
}

/** Has the broker do something and answers what it says in one line; `input` is what it reads, a password for one. */
export async function runRabbitmq(
  machine: Host,
  runner: RabbitmqRunner,
  words: readonly string[],
  input?: string,
): Promise<string> {
  const request = { timeout: 300_000, ...asUser(runner), ...(input === undefined ? {} : { input: `${input}\n` }) };
  return (await runTool(machine, words, request)).stdout.replaceAll('\n', '');
}

function asUser({ runas }: RabbitmqRunner): { readonly user?: string } {
  return runas === undefined ? {} : { user: runas };
}

function refusal({ exitCode, stdout, stderr }: CommandResult): AppError {
  const said =
    `${stderr}\n${stdout}`.split('\n').find((line) => /^\s*Error/.test(line)) ?? (stderr.trim() || stdout.trim());
  return new AppError({
    code: 'state-failed',
    message:
      exitCode === 127 ? 'Error: Command not found: rabbitmqctl' : `Error: ${said.replace(/^\s*Error:?\s*/, '')}`,
  });
}
