import { z } from 'zod';
import { commaList, flag, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { gitRequest } from '../../providers/git/git-command.ts';
import { failure } from '../failure.ts';
import { folderOf, git, identityOf, lastArguments, runArguments, type GitCall } from './run-git.ts';
import { safeName } from '../safe-name.ts';

const key = safeName('the name of a setting').describe('Name of the setting.');
const shared = {
  cwd: optional(safeName('a path')).describe('The folder of a checkout; none with `global`.'),
  ...runArguments,
  ignore_retcode: lastArguments.ignore_retcode,
  output_encoding: lastArguments.output_encoding,
};
const global = withDefault(flag(), false).describe('The settings of the account.');

export const configGet = defineFunction({
  name: 'git.config_get',
  summary: 'The value of a setting; null when it is not set.',
  args: z.object({ key, ...shared, all: withDefault(flag(), false).describe('All its values.'), global }),
  examples: ["'*' git.config_get user.name cwd=/path/to/repo", "'*' git.config_get user.name global=True"],
  async run(args, context) {
    const values = await readValues(args, context, ['--get-all', args.key]);
    if (values === undefined) {
      context.setRetcode(1);
      return null;
    }
    return args.all ? values : (values.at(-1) ?? '');
  },
});

export const configGetRegexp = regexpFunction('git.config_get_regexp');

export const configGetRegex = regexpFunction('git.config_get_regex');

function regexpFunction(name: string) {
  return defineFunction({
    name,
    summary: 'The values of the settings whose names match a regular expression.',
    args: z.object({
      key: safeName('a regular expression').describe('The expression for names.'),
      value_regex: optional(safeName('a regular expression')).describe('One for values.'),
      ...shared,
      global,
    }),
    examples: [`'*' ${name} 'foo\\..+' cwd=/path/to/repo`],
    async run(args, context) {
      const pattern = args.value_regex === undefined ? [] : [args.value_regex];
      const lines = await readValues(args, context, ['--get-regexp', args.key, ...pattern]);
      if (lines === undefined) context.setRetcode(1);
      const found = new Map<string, string[]>();
      for (const line of lines ?? []) {
        const [, name = line, value = ''] = /^(\S+) ?(.*)$/s.exec(line) ?? [];
        found.set(name, [...(found.get(name) ?? []), value]);
      }
      return found;
    },
  });
}

export const configSet = defineFunction({
  name: 'git.config_set',
  summary: 'Sets a setting and answers all its values.',
  args: z.object({
    key,
    value: optional(text()).describe('The value.'),
    multivar: optional(commaList()).describe('Several values.'),
    ...shared,
    add: withDefault(flag(), false).describe('Add the value to those there are.'),
    global,
  }),
  examples: ["'*' git.config_set user.email me@example.com cwd=/path/to/repo"],
  async run(args, context) {
    const { value, multivar } = args;
    if ((value === undefined) === (multivar === undefined))
      throw failure("Exactly one of 'value' and 'multivar' is to be given");
    for (const [index, each] of (multivar ?? [value ?? '']).entries()) {
      const adds = index > 0 || (multivar === undefined && args.add);
      const call = scoped(args);
      await git(call, context, ['config', ...scopeOf(args), adds ? '--add' : '--replace-all', args.key, each]);
    }
    return (await readValues(args, context, ['--get-all', args.key])) ?? null;
  },
});

export const configUnset = defineFunction({
  name: 'git.config_unset',
  summary: 'Removes a setting; answers true.',
  args: z.object({
    key,
    value_regex: optional(safeName('a regular expression')).describe('Only values that match this.'),
    ...shared,
    all: withDefault(flag(), false).describe('All its values.'),
    global,
  }),
  examples: ["'*' git.config_unset user.email cwd=/path/to/repo", "'*' git.config_unset foo.bar global=True all=True"],
  async run(args, context) {
    const pattern = args.value_regex === undefined ? [] : [args.value_regex];
    const verb = args.all ? '--unset-all' : '--unset';
    await git(scoped(args), context, ['config', ...scopeOf(args), verb, args.key, ...pattern]);
    return true;
  },
});

interface ConfigCall extends GitCall {
  readonly global: boolean;
}

function scoped(call: ConfigCall): GitCall {
  if (call.global) return { ...call, cwd: undefined };
  if (call.cwd === undefined) throw failure("'cwd' argument required unless global=True");
  return call;
}

function scopeOf({ global: isGlobal }: ConfigCall): readonly string[] {
  return isGlobal ? ['--global'] : ['--local'];
}

// git ends with 1 when a setting is not set, which is no failure.
async function readValues(
  call: ConfigCall,
  context: FunctionContext,
  words: readonly string[],
): Promise<readonly string[] | undefined> {
  const { cwd } = scoped(call);
  const folder = cwd === undefined ? [] : ['-C', await folderOf(cwd, call, context)];
  const request = gitRequest(identityOf(call), [...folder, 'config', ...scopeOf(call), '--null', ...words]);
  const result = await context.host.inspect({ ...request, signal: context.signal });
  if (result.exitCode === 1) return undefined;
  if (result.exitCode !== 0) throw failure(`git config failed: ${result.stderr.trim()}`);
  const values = result.stdout.split('\0').slice(0, -1);
  // A name is parted from its value by a line break then.
  return words[0] === '--get-regexp' ? values.map((value) => value.replace('\n', ' ')) : values;
}
