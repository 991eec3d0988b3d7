import { AppError, pythonStr } from '@brine/common';
import type { z } from 'zod';
import {
  dictOrList,
  flag,
  lineText,
  operand,
  optional,
  withDefault,
  type CommandRequest,
  type CommandResult,
  type Host,
  type ReadHost,
} from '../../kit/index.ts';

const choice = (option: string) => withDefault(flag(), false).describe(`Whether composer gets \`${option}\`.`);

/** How composer is called: what its functions and states have in common. */
export const composerArguments = {
  composer: optional(operand()).describe('Path of composer.phar; the program `composer` unless given.'),
  php: optional(operand()).describe('Path of php.'),
  prefer_source: choice('--prefer-source'),
  prefer_dist: choice('--prefer-dist'),
  no_scripts: choice('--no-scripts'),
  no_plugins: choice('--no-plugins'),
  optimize: choice('--optimize-autoloader'),
  no_dev: choice('--no-dev'),
  quiet: choice('--quiet'),
  composer_home: withDefault(lineText(), '/root').describe('`COMPOSER_HOME`.'),
  env: optional(dictOrList()).describe('Variables of the environment.'),
};

/** A wish of {@link composerArguments}. */
export type ComposerWish = z.infer<z.ZodObject<typeof composerArguments>>;

/** An action of composer's, where and as whom. */
export interface ComposerCall {
  readonly action: 'install' | 'update' | 'selfupdate';
  readonly directory?: string;
  readonly user: string | undefined;
  readonly wish: Partial<ComposerWish> & Pick<ComposerWish, 'composer' | 'php' | 'composer_home'>;
  readonly signal: AbortSignal;
}

const options = [
  ['quiet', '--quiet'],
  ['no_dev', '--no-dev'],
  ['prefer_source', '--prefer-source'],
  ['prefer_dist', '--prefer-dist'],
  ['no_scripts', '--no-scripts'],
  ['no_plugins', '--no-plugins'],
  ['optimize', '--optimize-autoloader'],
] as const;

/** Whether composer was run in a folder: it leaves `vendor` there. */
export async function didComposerInstall(host: ReadHost, directory: string): Promise<boolean> {
  return (await host.files.stat(`${directory}/vendor`)) !== undefined;
}

/** Runs composer. Throws `state-failed` when it is not there, and with what it said when it fails. */
export async function runComposer(
  machine: Host,
  { action, directory, user, wish, signal }: ComposerCall,
): Promise<CommandResult> {
  const { composer = 'composer', php } = wish;
  if ((await machine.which(composer)) === undefined)
    throw failed(`'composer.${action}' is not available. Couldn't find '${composer}'.`);
  const interpreter = php ?? (wish.composer === undefined ? undefined : 'php');
  const command = [
    ...(interpreter === undefined ? [] : [interpreter]),
    ...[composer, action, '--no-interaction', '--no-ansi'],
    ...(action === 'install' ? [] : ['--no-progress']),
    ...(directory === undefined ? [] : ['--working-dir', directory]),
    ...options.filter(([name]) => wish[name] === true).map(([, option]) => option),
  ];
  const result = await machine.run(requestOf(command, { wish, user, signal }));
  if (result.exitCode !== 0) throw failed(result.stderr.trim() || `composer ended with status ${result.exitCode}`);
  return result;
}

function requestOf(
  command: readonly string[],
  { wish, user, signal }: Pick<ComposerCall, 'wish' | 'user' | 'signal'>,
): CommandRequest {
  const variables = Array.from(wish.env ?? [], ([name, value]) => [pythonStr(name), pythonStr(value)] as const);
  const environment = { ...Object.fromEntries(variables), COMPOSER_HOME: wish.composer_home };
  return { command, environment, timeout: 3_600_000, signal, ...(user === undefined ? {} : { user }) };
}

function failed(message: string): AppError {
  return new AppError({ code: 'state-failed', message });
}
