import { compareValues, isAppError, isDict, pythonStr, toValue, type Plain } from '@brine/common';
import { z } from 'zod';
import { anyValue, argument, flag, integer, optional, textList, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { failure } from '../failure.ts';
import { splitWords } from '../split-words.ts';
import { filePath } from './file-path.ts';
import {
  checkKinds,
  checkOwners,
  compileCriteria,
  isPrintField,
  kindLetters,
  readFoundText,
  type Found,
} from './find-criteria.ts';
import { globPaths } from './glob-paths.ts';

const scalar = argument('text or a number', (value) => (value === null ? undefined : pythonStr(value)));
const optionalText = (description: string): z.ZodType<string | undefined> => optional(scalar).describe(description);

const findArguments = {
  path: filePath().describe('Where to begin: a path, or a pattern.'),
  args: textList().describe('`delete` and `print` may be given as bare words.'),
  name: optionalText('Pattern of the base name.'),
  iname: optionalText('Pattern of the base name, letter case aside.'),
  regex: optionalText('Regular expression that the start of the base name matches.'),
  iregex: optionalText('Regular expression that the start of the base name matches, letter case aside.'),
  type: optionalText('Letters of the kinds wanted: a any, b, c, d folder, f file, l link, p, s.'),
  owner: optionalText('Owners wanted, with commas.'),
  group: optionalText('Groups wanted, with commas.'),
  size: optionalText('Size, e.g. `+2k`, `-1m`, `512b`.'),
  mtime: optionalText('Age since the last change, e.g. `1d`, `+3w`, `-12h`.'),
  grep: optionalText('Regular expression that a line of a file matches.'),
  mindepth: withDefault(integer(), 0).describe('Levels to leave out.'),
  maxdepth: optional(integer()).describe('Levels to go down.'),
  test: withDefault(flag(), false).describe('Only tell what would be deleted or executed.'),
  print: optionalText('What to answer of each: group, md5, mode, mtime, name, owner, path, size, type, with commas.'),
  delete: optionalText('Delete what is found of these kinds; f unless letters are given.'),
  exec: optionalText('A command to run for each, `{}` standing for its path.'),
  others: anyValue().describe('Refused: there are no other options.'),
};

export const find = defineFunction({
  name: 'file.find',
  summary: 'Finds paths by name, kind, owner, size, age and content, as find(1) does.',
  args: z.object(findArguments),
  variadic: 'args',
  keywords: 'others',
  examples: [
    "'*' file.find / type=f name=*.bak size=+10m",
    "'*' file.find /var mtime=+30d size=+10m print=path,size,mtime",
    "'*' file.find /var/log name=*.[0-9] mtime=+30d size=+10m delete=f",
  ],
  async run(args, context) {
    try {
      return await findAll(args, context);
    } catch (error) {
      // What is wrong with the options is told as the answer, as in Salt.
      if (isAppError(error, 'function-failed')) return `error: ${error.message}`;
      throw error;
    }
  },
});

async function findAll(args: FindArguments, context: FunctionContext): Promise<Plain> {
  const [unknown] = isDict(args.others) ? [...args.others.keys()] : [];
  if (unknown !== undefined) throw failure(`invalid option "${pythonStr(unknown)}"`);
  const matches = compileCriteria(args);
  await checkOwners(args, context.host);
  if (args.delete !== undefined) checkKinds(args.delete);
  const wanted = actionsOf(args);
  const roots = await globPaths(context.host, await expandHome(context.host, args.path));
  const answers: Plain[] = [];
  for (const root of roots) {
    for (const found of await walk(context, root, args.maxdepth)) {
      const isDeep = found.depth >= args.mindepth;
      if (isDeep && (await matches(found, context.host))) answers.push(...(await act(found, wanted, context)));
    }
  }
  return answers.toSorted(compareAnswers);
}

interface Actions {
  readonly print: readonly string[] | undefined;
  readonly delete: string | undefined;
  readonly exec: string | undefined;
  readonly isDry: boolean;
}

type FindArguments = z.infer<z.ZodObject<typeof findArguments>>;

function actionsOf(args: FindArguments): Actions {
  const deletes = args.delete ?? (args.args.includes('delete') ? 'f' : undefined);
  const hasOther = deletes !== undefined || args.exec !== undefined;
  const print = args.print ?? (args.args.includes('print') || !hasOther ? 'path' : undefined);
  return { print: print?.split(','), delete: deletes, exec: args.exec, isDry: args.test };
}

async function walk(context: FunctionContext, root: string, maxDepth: number | undefined): Promise<readonly Found[]> {
  const found: Found[] = [];
  const visit = async (path: string, depth: number): Promise<void> => {
    context.signal.throwIfAborted();
    const stat = await context.host.files.stat(path);
    if (stat === undefined) return;
    // Like Salt, a link is judged by what it points to, but never walked into.
    const followed = stat.kind === 'symlink' ? await context.host.files.stat(path, { follow: true }) : stat;
    found.push({ path, depth, stat: followed ?? stat, isLink: stat.kind === 'symlink' });
    if (stat.kind !== 'directory' || (maxDepth !== undefined && depth >= maxDepth)) return;
    for (const name of (await context.host.files.list(path)) ?? []) {
      await visit(path === '/' ? `/${name}` : `${path}/${name}`, depth + 1);
    }
  };
  await visit(root, 0);
  return found;
}

async function act(found: Found, wanted: Actions, { host, signal }: FunctionContext): Promise<readonly Plain[]> {
  const answers: Plain[] = [];
  if (wanted.print !== undefined) {
    const known = wanted.print.map((field) => field.trim()).filter(isPrintField);
    const fields = await Promise.all(known.map((field) => readFoundText(found, field, host)));
    answers.push(wanted.print.length === 1 && fields[0] !== undefined ? fields[0] : fields);
  }
  if (wanted.delete !== undefined && isOfKind(found, wanted.delete)) {
    if (!wanted.isDry) await host.files.remove(found.path, { recursive: true });
    answers.push(found.path);
  }
  if (wanted.exec !== undefined) {
    const command = splitWords(wanted.exec).map((word) => word.replaceAll('{}', found.path));
    const output = wanted.isDry ? command.join(' ') : (await host.run({ command, signal })).stdout;
    answers.push(`${wanted.exec.replaceAll('{}', found.path)}:\n${output}\n`);
  }
  return answers;
}

function isOfKind(found: Found, letters: string): boolean {
  if (letters.includes('a')) return true;
  return letters.includes(kindLetters[found.stat.kind]);
}

function compareAnswers(a: Plain, b: Plain): number {
  return compareValues(toValue(a), toValue(b));
}
