import { z } from 'zod';
import { dict, flag, integer, optional, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { CommandResult } from '../../kit/host.ts';
import { pythonStr, type Dict, type Plain } from '@brine/common';
import { failure } from '../failure.ts';
import { complaint, runProgram } from '../run-program.ts';
import { safeName } from '../safe-name.ts';

const dir = optional(safeName('a path')).describe('The folder of the project; packages of all unless given.');
const runas = optional(safeName('the name of an account')).describe('Account to run as.');
const env = optional(dict()).describe('Further variables of the environment.');
const name = safeName('the name of a package').describe('Name of the package.');

interface Place {
  readonly dir?: string | undefined;
  readonly runas: string | undefined;
  readonly env: Dict | undefined;
}

async function npm(context: FunctionContext, given: Place, words: readonly string[]): Promise<CommandResult> {
  const account = given.runas === undefined ? undefined : await context.host.account(given.runas);
  const variables = [...(given.env ?? [])].map(([key, value]) => [pythonStr(key), pythonStr(value)] as const);
  const owner = account === undefined ? {} : { SUDO_UID: String(account.uid), SUDO_USER: '' };
  return runProgram(context, ['npm', ...words], {
    workingDirectory: given.dir ?? '/tmp',
    timeout: 3_600_000,
    environment: { ...Object.fromEntries(variables), ...owner },
    ...(given.runas === undefined ? {} : { user: given.runas }),
  });
}

export const install = defineFunction({
  name: 'npm.install',
  summary: 'Installs packages and answers what npm says; those a project names when none is given.',
  args: z.object({
    pkg: optional(name).describe('Name of the package.'),
    pkgs: optional(textList()).describe('Names of several packages.'),
    dir,
    runas,
    registry: optional(safeName('an address')).describe('The registry to take them from.'),
    env,
    dry_run: withDefault(flag(), false).describe('Only tell what would be done.'),
    silent: withDefault(flag(), true).describe('Without messages.'),
  }),
  examples: ["'*' npm.install coffee-script", "'*' npm.install coffee-script@1.0.1"],
  async run(args, context): Promise<Plain> {
    const names = args.pkg === undefined ? (args.pkgs ?? []) : [args.pkg];
    const bad = names.find((each) => each.startsWith('-') || /[\n\0]/.test(each));
    if (bad !== undefined) throw failure(`${bad} cannot be the name of a package.`);
    const result = await npm(context, args, [
      ...['install', '--json'],
      ...(args.silent ? ['--silent'] : []),
      ...(args.dir === undefined ? ['--global'] : []),
      ...(args.registry === undefined ? [] : [`--registry=${args.registry}`]),
      ...(args.dry_run ? ['--dry-run'] : []),
      ...['--', ...names],
    ]);
    if (result.exitCode !== 0) throw failure(complaint(result));
    return readJson(result.stdout === '' ? result.stderr : result.stdout);
  },
});

// npm may write lines of its scripts before what was asked for.
function readJson(told: string): Plain {
  const start = told.search(/[[{]/);
  try {
    return JSON.parse(told.slice(start)) as Plain;
  } catch {
    return told.trimEnd();
  }
}

export const uninstall = defineFunction({
  name: 'npm.uninstall',
  summary: 'Removes a package; answers whether that went well.',
  args: z.object({ pkg: name, dir, runas, env }),
  examples: ["'*' npm.uninstall coffee-script"],
  async run(args, context) {
    const result = await npm(context, args, [
      'uninstall',
      ...(args.dir === undefined ? ['--global'] : []),
      '--',
      args.pkg,
    ]);
    if (result.exitCode !== 0) context.log.error('npm failed', { said: complaint(result) });
    return result.exitCode === 0;
  },
});

export const list = defineFunction({
  name: 'npm.list',
  summary: 'The packages that are installed, with what is known of each.',
  args: z.object({
    pkg: optional(name).describe('Only this package.'),
    dir,
    runas,
    env,
    depth: optional(integer()).describe('How far to follow what they depend on.'),
  }),
  examples: ["'*' npm.list"],
  async run(args, context): Promise<Plain> {
    const result = await npm(context, args, [
      ...['list', '--json', '--silent'],
      ...(args.dir === undefined ? ['--global'] : []),
      ...(args.depth === undefined ? [] : [`--depth=${args.depth}`]),
      ...(args.pkg === undefined ? [] : ['--', args.pkg]),
    ]);
    if (result.exitCode !== 0 && result.stderr.trim() !== '') throw failure(result.stderr.trim());
    const told = readJson(result.stdout);
    return typeof told === 'object' && told !== null && 'dependencies' in told
      ? ((told as Record<string, Plain>)['dependencies'] ?? {})
      : {};
  },
});

const path = optional(safeName('a path')).describe('Only this part.');

export const cacheClean = defineFunction({
  name: 'npm.cache_clean',
  summary: 'Clears the cache of npm; answers whether that went well.',
  args: z.object({ path, runas, env, force: withDefault(flag(), false).describe('Also where npm sees no need.') }),
  examples: ["'*' npm.cache_clean force=True"],
  async run(args, context) {
    const words = [...(args.path === undefined ? [] : [args.path]), ...(args.force ? ['--force'] : [])];
    const result = await npm(context, args, ['cache', 'clean', ...words]);
    if (result.exitCode !== 0) context.log.error('npm failed', { said: complaint(result) });
    return result.exitCode === 0;
  },
});

export const cacheList = defineFunction({
  name: 'npm.cache_list',
  summary: 'What is in the cache of npm.',
  args: z.object({ path, runas, env }),
  examples: ["'*' npm.cache_list"],
  async run(args, context) {
    const result = await npm(context, args, ['cache', 'ls', ...(args.path === undefined ? [] : [args.path])]);
    if (result.exitCode !== 0 && result.stderr.trim() !== '') throw failure(result.stderr.trim());
    return result.stdout.trimEnd();
  },
});

export const cachePath = defineFunction({
  name: 'npm.cache_path',
  summary: 'The folder of the cache of npm.',
  args: z.object({ runas, env }),
  examples: ["'*' npm.cache_path"],
  run: async (args, context) => (await npm(context, args, ['config', 'get', 'cache'])).stdout.trimEnd(),
});
