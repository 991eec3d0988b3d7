import { z } from 'zod';
import { integer } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { readAlternatives } from '../../providers/alternatives/alternatives.ts';
import { complaint, runProgram } from '../run-program.ts';
import { safeName } from '../safe-name.ts';

const name = safeName('the name of alternatives').describe('Name of the alternatives, e.g. `editor`.');
const path = safeName('a path').describe('The path.');
const manager = 'update-alternatives';

export const display = defineFunction({
  name: 'alternatives.display',
  summary: 'What `update-alternatives --display` tells of alternatives.',
  args: z.object({ name }),
  examples: ["'*' alternatives.display editor"],
  async run({ name: group }, { host, signal }) {
    const result = await host.inspect({ command: [manager, '--display', group], signal });
    return result.exitCode === 0 ? result.stdout.trimEnd() : complaint(result);
  },
});

export const showLink = defineFunction({
  name: 'alternatives.show_link',
  summary: 'The link that leads to alternatives; false when there are none of that name.',
  args: z.object({ name }),
  examples: ["'*' alternatives.show_link editor"],
  run: async ({ name: group }, { host }) => (await readAlternatives(host, group))?.link ?? false,
});

export const showCurrent = defineFunction({
  name: 'alternatives.show_current',
  summary: 'The path that is chosen among alternatives; false when there are none of that name.',
  args: z.object({ name }),
  examples: ["'*' alternatives.show_current editor"],
  run: async ({ name: group }, { host, log }) => {
    const current = await readCurrent(host, group);
    if (current === undefined) log.error('there are no such alternatives', { name: group });
    return current ?? false;
  },
});

export const checkExists = defineFunction({
  name: 'alternatives.check_exists',
  summary: 'Whether a path is among alternatives.',
  args: z.object({ name, path }),
  examples: ["'*' alternatives.check_exists editor /usr/bin/vim.basic"],
  run: async ({ name: group, path: wanted }, { host }) =>
    (await readAlternatives(host, group))?.choices.has(wanted) ?? false,
});

export const checkInstalled = defineFunction({
  name: 'alternatives.check_installed',
  summary: 'Whether a path is the one chosen among alternatives.',
  args: z.object({ name, path }),
  examples: ["'*' alternatives.check_installed editor /usr/bin/vim.basic"],
  run: async ({ name: group, path: wanted }, { host }) => (await readCurrent(host, group)) === wanted,
});

export const install = defineFunction({
  name: 'alternatives.install',
  summary: 'Puts a path among alternatives and answers what the program says.',
  args: z.object({
    name,
    link: safeName('a path').describe('The link that leads to them, e.g. `/usr/bin/editor`.'),
    path,
    priority: integer().describe('Its priority; the highest is chosen in automatic mode.'),
  }),
  examples: ["'*' alternatives.install editor /usr/bin/editor /usr/bin/vim.basic 50"],
  run: ({ name: group, link, path: wanted, priority }, context) =>
    change(context, ['--install', link, group, wanted, String(priority)]),
});

export const remove = defineFunction({
  name: 'alternatives.remove',
  summary: 'Takes a path out of alternatives and answers what the program says.',
  args: z.object({ name, path }),
  examples: ["'*' alternatives.remove editor /usr/bin/vim.basic"],
  run: ({ name: group, path: wanted }, context) => change(context, ['--remove', group, wanted]),
});

export const set = defineFunction({
  name: 'alternatives.set',
  summary: 'Chooses a path among alternatives and answers what the program says.',
  args: z.object({ name, path }),
  examples: ["'*' alternatives.set editor /usr/bin/vim.basic"],
  run: ({ name: group, path: wanted }, context) => change(context, ['--set', group, wanted]),
});

export const auto = defineFunction({
  name: 'alternatives.auto',
  summary: 'Lets priorities choose among alternatives and answers what the program says.',
  args: z.object({ name }),
  examples: ["'*' alternatives.auto editor"],
  run: ({ name: group }, context) => change(context, ['--auto', group]),
});

function readCurrent(host: FunctionContext['host'], group: string): Promise<string | undefined> {
  return group.includes('/') ? Promise.resolve(undefined) : host.files.readLink(`/etc/alternatives/${group}`);
}

async function change(context: FunctionContext, args: readonly string[]): Promise<string> {
  const result = await runProgram(context, [manager, ...args]);
  if (result.exitCode === 0) return result.stdout.trimEnd();
  context.setRetcode(result.exitCode);
  return complaint(result);
}
