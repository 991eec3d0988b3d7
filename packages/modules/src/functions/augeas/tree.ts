import { isAppError, type Plain } from '@brine/common';
import { z } from 'zod';
import { lineText, optional, text, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { askTree, changeTree, saveFiles, type AugeasRun } from '../../providers/augeas/augtool.ts';
import { quote, readCommand, type AugeasCommand } from '../../providers/augeas/commands.ts';
import { failure } from '../failure.ts';

const path = lineText().describe('A path of the tree, e.g. `/files/etc/hosts/1`.');
const loadPath = optional(text()).describe('Further folders to look for lenses in, with colons.');

export const get = defineFunction({
  name: 'augeas.get',
  summary: 'The value of a node by its path; an empty text when there is no such node.',
  args: z.object({
    path,
    value: withDefault(lineText(), '').describe('Name of a node below it that is meant.'),
    load_path: loadPath,
  }),
  examples: ["'*' augeas.get /files/etc/hosts/1/ ipaddr"],
  async run({ path: given, value, load_path: folders }, context) {
    const below = value.replace(/^\/+|\/+$/g, '');
    const node = given.replace(/\/+$/, '') + (below === '' ? '' : `/${below}`);
    const [found] = await matches(context, node, folders);
    return { [node]: found === undefined ? '' : found[1] };
  },
});

export const match = defineFunction({
  name: 'augeas.match',
  summary: 'The nodes a path expression matches, with their values.',
  args: z.object({
    path,
    value: withDefault(text(), '').describe('Only nodes that have this value.'),
    load_path: loadPath,
  }),
  examples: ["'*' augeas.match /files/etc/services/service-name ssh"],
  async run({ path: expression, value, load_path: folders }, context) {
    const found = await matches(context, expression, folders).catch(noMatches);
    return Object.fromEntries(found.filter(([, each]) => value === '' || each === value));
  },
});

// An expression that cannot be read matches nothing, as in Salt.
function noMatches(error: unknown): readonly (readonly [string, string | null])[] {
  if (isAppError(error, 'state-failed')) return [];
  throw error;
}

export const ls = defineFunction({
  name: 'augeas.ls',
  summary:
    'The nodes right below a path with their values; a slash ends the names of those that have nodes below them.',
  args: z.object({ path, load_path: loadPath }),
  examples: ["'*' augeas.ls /files/etc/passwd"],
  async run({ path: given, load_path: folders }, context) {
    const said = await askTree(context.host, [`ls ${quote(given.replace(/\/+$/, ''))}`], foldersOf(folders));
    return Object.fromEntries(readRows(said));
  },
});

export const tree = defineFunction({
  name: 'augeas.tree',
  summary: 'A node and all below it, with their values.',
  args: z.object({ path, load_path: loadPath }),
  examples: ["'*' augeas.tree /files/etc/hosts"],
  async run({ path: given, load_path: folders }, context) {
    const said = await askTree(context.host, [`print ${quote(given.replace(/\/+$/, ''))}`], foldersOf(folders));
    const lines = said.split('\n').filter((line) => line.startsWith('/'));
    return Object.fromEntries(lines.map(readPrinted));
  },
});

// `/files/etc/hosts/1/ipaddr = "127.0.0.1"`; a node without a value is its path alone.
function readPrinted(line: string): readonly [string, string | null] {
  const at = line.indexOf(' = "');
  if (at === -1) return [line, null];
  const value = line.slice(at + 4, -1).replace(/\\(.)/g, (_whole, letter: string) => (letter === 'n' ? '\n' : letter));
  return [line.slice(0, at), value];
}

export const remove = defineFunction({
  name: 'augeas.remove',
  summary: 'Removes the nodes a path expression matches, and writes the files; tells how many went.',
  args: z.object({ path, load_path: loadPath }),
  examples: ["'*' augeas.remove /files/etc/sysctl.conf/net.ipv4.conf.all.log_martians"],
  run: ({ path: expression, load_path: folders }, context) =>
    toldError({ count: 0 }, async () => {
      const said = await changeTree(context.host, `rm ${quote(expression)}`, foldersOf(folders));
      return { retval: true, count: Number(/^rm : .* (\d+)$/m.exec(said)?.[1] ?? 0) };
    }),
});

export const setvalue = defineFunction({
  name: 'augeas.setvalue',
  summary: 'Gives nodes values, making those there are not, and writes the files.',
  args: z.object({
    args: textList().describe('Paths, each followed by its value; `prefix=` and `load_path=` may stand among them.'),
    prefix: optional(text()).describe('What stands before all paths.'),
    load_path: loadPath,
  }),
  variadic: 'args',
  examples: ["'*' augeas.setvalue /files/etc/hosts/1/canonical localhost"],
  run({ args, prefix, load_path: folders }, context) {
    const given = (name: string): string | undefined =>
      args.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
    const words = args.filter((word) => !/^(prefix|load_path)=/.test(word));
    if (words.length % 2 !== 0) throw failure('Uneven number of path/value arguments');
    const start = prefix ?? given('prefix');
    const commands = words.flatMap((word, index): readonly AugeasCommand[] => {
      if (index % 2 === 1) return [];
      const node = start === undefined ? word : `${start.replace(/\/+$/, '')}/${word.replace(/^\/+/, '')}`;
      return [{ verb: 'set', words: [node, words[index + 1] ?? ''], path: node }];
    });
    if (commands.some((command) => command.words.some((word) => /[\n\r\0]/.test(word))))
      throw failure('Paths and values of Augeas stand on one line');
    return save(context, { commands, lens: undefined, loadPath: foldersOf(folders ?? given('load_path')) });
  },
});

export const execute = defineFunction({
  name: 'augeas.execute',
  summary: 'Carries out commands (set, setm, mv, ins, rm) and writes the files.',
  args: z.object({
    context: optional(lineText()).describe('The path relative ones begin at, e.g. `/files/etc/hosts`.'),
    lens: optional(lineText()).describe('The lens to read the file of `context` with.'),
    commands: withDefault(textList(), []).describe('The commands.'),
    load_path: loadPath,
  }),
  examples: [`'*' augeas.execute /files/etc/redis/redis.conf commands='["set bind 0.0.0.0", "set maxmemory 1G"]'`],
  run: ({ context: base, lens, commands, load_path: folders }, context) =>
    toldError({}, () => {
      const file = base?.replace(/^\/files/, '');
      const read = commands.map((command) => readCommand(command, base));
      const transform = lens === undefined || file === undefined ? undefined : { name: lens, file };
      return save(context, { commands: read, lens: transform, loadPath: foldersOf(folders) });
    }),
});

function save({ host }: FunctionContext, run: AugeasRun): Promise<Plain> {
  return toldError({}, async () => {
    await saveFiles(host, run);
    return { retval: true };
  });
}

async function toldError(more: Record<string, Plain>, act: () => Promise<Plain>): Promise<Plain> {
  try {
    return await act();
  } catch (error) {
    if (!isAppError(error, 'state-failed')) throw error;
    return { retval: false, error: error.message, ...more };
  }
}

async function matches(
  { host }: FunctionContext,
  expression: string,
  folders: string | undefined,
): Promise<readonly (readonly [string, string | null])[]> {
  return readRows(await askTree(host, [`match ${quote(expression)}`], foldersOf(folders)));
}

function readRows(said: string): readonly (readonly [string, string | null])[] {
  return said.split('\n').flatMap((line): readonly (readonly [string, string | null])[] => {
    const at = line.indexOf(' = ');
    if (at === -1) return [];
    const value = line.slice(at + 3);
    return [[line.slice(0, at), value === '(none)' ? null : value]];
  });
}

function foldersOf(folders: string | undefined): readonly string[] {
  return (folders ?? '').split(':').filter((folder) => folder.startsWith('/'));
}
