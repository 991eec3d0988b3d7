import { pythonStr } from '@brine/common';
import { z } from 'zod';
import { lineText, textList } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import {
  readAliases,
  removeAlias,
  setAlias,
  writeAliases,
  type AliasLine,
} from '../../providers/aliases/aliases-file.ts';
import { readText } from '../text-file.ts';

const alias = lineText()
  .refine((value) => /^[^\s:#][^:#]*$/.test(value), 'must be the name of an alias')
  .describe('Name of the alias.');

export const listAliases = defineFunction({
  name: 'aliases.list_aliases',
  summary: 'The mail aliases and where they lead.',
  args: z.object({}),
  examples: ["'*' aliases.list_aliases"],
  run: async (_args, context) => new Map(await targets(context)),
});

export const getTarget = defineFunction({
  name: 'aliases.get_target',
  summary: 'Where a mail alias leads; an empty text when there is none of that name.',
  args: z.object({ alias }),
  examples: ["'*' aliases.get_target postmaster"],
  run: async ({ alias: name }, context) => (await targets(context)).get(name) ?? '',
});

export const hasTarget = defineFunction({
  name: 'aliases.has_target',
  summary: 'Whether a mail alias leads to a target.',
  args: z.object({ alias, target: textList().describe('The target, or several.') }),
  examples: ["'*' aliases.has_target postmaster root"],
  run: async ({ alias: name, target }, context) => (await targets(context)).get(name) === target.join(', '),
});

export const setTarget = defineFunction({
  name: 'aliases.set_target',
  summary: 'Has a mail alias lead to a target; answers true.',
  args: z.object({
    alias,
    target: lineText()
      .refine((value) => value.trim() !== '', 'must not be empty')
      .describe('The target.'),
  }),
  examples: ["'*' aliases.set_target postmaster root"],
  async run({ alias: name, target }, context) {
    const lines = await load(context);
    if (lines.find((line) => line.alias === name)?.target === target) return true;
    await writeAliases(context.host, await filePath(context), setAlias(lines, name, target));
    return true;
  },
});

export const rmAlias = defineFunction({
  name: 'aliases.rm_alias',
  summary: 'Removes a mail alias; answers true.',
  args: z.object({ alias }),
  examples: ["'*' aliases.rm_alias postmaster"],
  async run({ alias: name }, context) {
    const lines = await load(context);
    if (lines.some((line) => line.alias === name))
      await writeAliases(context.host, await filePath(context), removeAlias(lines, name));
    return true;
  },
});

async function filePath({ call }: FunctionContext): Promise<string> {
  const configured = await call('config.option', ['aliases.file']);
  return configured === null || configured === '' ? '/etc/aliases' : pythonStr(configured);
}

async function load(context: FunctionContext): Promise<readonly AliasLine[]> {
  return readAliases((await readText(context.host, await filePath(context))) ?? '');
}

async function targets(context: FunctionContext): Promise<ReadonlyMap<string, string>> {
  const lines = await load(context);
  return new Map(
    lines.flatMap(({ alias: name, target }) =>
      name === undefined || target === undefined ? [] : [[name, target] as const],
    ),
  );
}
