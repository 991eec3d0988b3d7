import type { Dict } from '@brine/common';
import { dictOrList, lineText, optional, text } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import type { CommandResult } from '../../kit/host.ts';
import { pipCommand, requestOf, type PipPlace } from '../../providers/python/pip.ts';
import { environmentWithProxy } from '../../providers/python/pip-proxy.ts';
import { failure } from '../failure.ts';
import { complaint } from '../run-program.ts';
import { readJson } from '../../providers/commands/read-json.ts';

/** Arguments that say which pip is meant. */
export const place = {
  bin_env: optional(text()).describe('A virtual environment, or the path of a pip.'),
  user: optional(lineText()).describe('The user to run as.'),
  cwd: optional(text()).describe('The folder to run in.'),
};

/** Which pip is meant. */
export type Given = {
  readonly bin_env: string | undefined;
  readonly user: string | undefined;
  readonly cwd: string | undefined;
  readonly env_vars?: Dict | undefined;
  readonly proxy?: string | undefined;
};

function placeOf({ bin_env: binEnv, user, cwd, env_vars: environment }: Given): PipPlace {
  return { binEnv, user, cwd, environment };
}

/** What pip answers to a question. Throws `function-failed`. */
export async function ask(context: FunctionContext, given: Given, args: readonly string[]): Promise<string> {
  const where = placeOf(given);
  const command = [...(await pipCommand(context.host, where)), ...args];
  const result = await context.host.inspect({ ...requestOf(where), command, signal: context.signal, timeout: 120_000 });
  if (result.exitCode === 127) throw failure('Could not find a `pip` binary');
  if (result.exitCode !== 0) throw failure(`pip failed: ${complaint(result)}`);
  return result.stdout;
}

/** Runs pip for what it changes. */
export async function runPip(context: FunctionContext, given: Given, args: readonly string[]): Promise<CommandResult> {
  const variables = environmentWithProxy(context.options, given.proxy, given.env_vars);
  const where = placeOf({ ...given, env_vars: variables });
  const command = [...(await pipCommand(context.host, where)), ...args];
  return context.host.run({ ...requestOf(where), command, signal: context.signal, timeout: 3_600_000 });
}

/** A package as `pip list --format=json` has it. */
export interface PipRow {
  readonly name: string;
  readonly version: string;
  readonly latest_version?: string;
}

/** Reads such a list; warnings may stand before it. */
export function readRows(output: string): readonly PipRow[] {
  const start = output.indexOf('[');
  if (start === -1) throw failure(`pip answered no list: ${output.trim()}`);
  return readJson('pip', output.slice(start)) as readonly PipRow[];
}

/** The packages that are installed, with their versions. */
export async function installed(
  context: FunctionContext,
  given: Given,
  prefix: string | undefined,
): Promise<readonly (readonly [string, string])[]> {
  const rows = readRows(await ask(context, given, ['list', '--format=json', '--disable-pip-version-check']));
  return rows
    .filter(({ name }) => prefix === undefined || name.toLowerCase().startsWith(prefix.toLowerCase()))
    .map((row) => [row.name, row.version] as const);
}

/** The argument that says which variables pip sees. */
export const environmentOfPip = {
  env_vars: optional(dictOrList()).describe('Variables of the environment pip runs in.'),
};
