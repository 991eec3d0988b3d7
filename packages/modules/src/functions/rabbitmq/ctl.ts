import { z } from 'zod';
import { lineText, optional } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { askRabbitmq, type RabbitmqRunner } from '../../providers/rabbitmq/rabbitmq.ts';
import { failure } from '../failure.ts';
import { runProgram } from '../run-program.ts';
import { safeName } from '../safe-name.ts';

/** Who the programs of the broker run as. */
export const runas = optional(safeName('the name of an account')).describe(
  'Account the program runs as; that of the minion unless given.',
);

/** A name of the broker that stands on a command line. */
export function brokerName(what: string) {
  return safeName(what);
}

/** The schema of functions that take nothing else. */
export const plainArguments = z.object({ runas });

/** A pattern as permissions have it; it may be empty. */
export const pattern = lineText();

/** Has the broker do something and answers what it says. Throws with what it complained about. */
export async function control(
  context: FunctionContext,
  runner: RabbitmqRunner,
  words: readonly string[],
  input?: string,
): Promise<string> {
  const result = await runProgram(context, ['rabbitmqctl', ...words], {
    timeout: 600_000,
    ...(runner.runas === undefined ? {} : { user: runner.runas }),
    ...(input === undefined ? {} : { input: `${input}\n` }),
  });
  const said = result.stderr.trim();
  if (result.exitCode !== 0) throw failure(`RabbitMQ command failed: ${said === '' ? result.stdout.trim() : said}`);
  return result.stdout.trimEnd();
}

/** The rows that a list command answers. */
export function list(
  { host }: FunctionContext,
  runner: RabbitmqRunner,
  words: readonly string[],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return askRabbitmq(host, runner, words);
}
