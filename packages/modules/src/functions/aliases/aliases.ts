import { z } from 'zod';
import { lineText, textList } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { aliasesFile, readAlias, readAliasLines, setAlias, writeAliasLines } from '../../providers/mail/aliases.ts';

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
    target: textList()
      .refine((targets) => targets.every((each) => !/[\n\r\0]/.test(each)), 'must be text on one line')
      .refine((targets) => targets.join('').trim() !== '', 'must not be empty')
      .describe('The target, or several.'),
  }),
  examples: ["'*' aliases.set_target postmaster root"],
  async run({ alias: name, target: given }, context) {
    const target = given.join(', ');
    if ((await targets(context)).get(name) === target) return true;
    const path = aliasesFile(context);
    await writeAliasLines(context.host, path, setAlias(await readAliasLines(context.host, path), name, target));
    return true;
  },
});

export const rmAlias = defineFunction({
  name: 'aliases.rm_alias',
  summary: 'Removes a mail alias; answers true.',
  args: z.object({ alias }),
  examples: ["'*' aliases.rm_alias postmaster"],
  async run({ alias: name }, context) {
    const path = aliasesFile(context);
    const lines = await readAliasLines(context.host, path);
    const kept = lines.filter((line) => readAlias(line)?.name !== name);
    if (kept.length < lines.length) await writeAliasLines(context.host, path, kept);
    return true;
  },
});

async function targets(context: FunctionContext): Promise<ReadonlyMap<string, string>> {
  const lines = await readAliasLines(context.host, aliasesFile(context));
  return new Map(lines.flatMap((line) => readAlias(line) ?? []).map(({ name, target }) => [name, target]));
}
