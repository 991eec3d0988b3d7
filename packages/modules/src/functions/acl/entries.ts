import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, lineText, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { readOutput, runAndTell, runProgram } from '../run-program.ts';

const files = textList().describe('Paths.');
const recursive = withDefault(flag(), false).describe('Also all below them.');

export const version = defineFunction({
  name: 'acl.version',
  summary: 'The version of getfacl.',
  args: z.object({}),
  examples: ["'*' acl.version"],
  run: async (_args, context) => (await readOutput(context, ['getfacl', '--version'])).split(/\s+/)[1] ?? '',
});

export const getfacl = defineFunction({
  name: 'acl.getfacl',
  ignoresOthers: true,
  summary: 'The access lists of files.',
  args: z.object({ args: files, recursive }),
  variadic: 'args',
  examples: ["'*' acl.getfacl /tmp/house/kitchen", "'*' acl.getfacl /tmp/house/kitchen recursive=True"],
  async run({ args: paths, recursive: isDeep }, context) {
    requireFiles(paths);
    const command = ['getfacl', '--absolute-names', ...(isDeep ? ['-R'] : []), '--', ...paths];
    const { exitCode, stdout } = await context.host.inspect({ command, signal: context.signal, timeout: 600_000 });
    if (exitCode !== 0) context.setRetcode(exitCode);
    const blocks = stdout.split(/\n\s*\n/).filter((block) => block.includes('# file: '));
    return Object.fromEntries(blocks.map(describe));
  },
});

type Facts = Record<string, Plain>;

function describe(block: string): readonly [string, Facts] {
  const lines = block.split('\n').filter((line) => line !== '' && !line.startsWith('getfacl'));
  const comment = Object.fromEntries(
    lines.flatMap((line) => {
      const [, key, value] = /^# (\w+): (.*)$/.exec(line) ?? [];
      return key === undefined ? [] : [[key, value ?? ''] as const];
    }),
  );
  const facts: Facts = { comment, user: [], group: [] };
  for (const [index, name] of ['suid', 'sgid', 'sticky'].entries())
    if (/[st]/.test(comment['flags']?.[index] ?? '-')) facts[name] = true;
  for (const line of lines.filter((each) => !each.startsWith('#'))) addEntry(facts, comment, line);
  return [comment['file'] ?? '', facts];
}

function addEntry(facts: Facts, comment: Readonly<Record<string, string>>, line: string): void {
  const bare = (line.split(/\s+#/)[0] ?? '').replace(/^default:/, '');
  const [kind = '', name = '', letters = ''] = bare.split(':');
  const target = line.startsWith('default:') ? ((facts['defaults'] ??= {}) as Facts) : facts;
  const value = readPermissions(letters);
  if (kind !== 'user' && kind !== 'group') {
    target[kind] = [{ '': value }];
    return;
  }
  target[kind] = [...listOf(target[kind]), { [name === '' ? ownerOf(comment, kind) : name]: value }];
}

function listOf(present: Plain | undefined): readonly Plain[] {
  return (present as readonly Plain[] | undefined) ?? [];
}

function ownerOf(comment: Readonly<Record<string, string>>, kind: 'user' | 'group'): string {
  return comment[kind === 'user' ? 'owner' : 'group'] ?? '';
}

function readPermissions(letters: string): Plain {
  const [read, write, execute] = ['r', 'w', 'x'].map((letter) => letters.includes(letter));
  const octal = Number(read) * 4 + Number(write) * 2 + Number(execute);
  return { permissions: { read: read === true, write: write === true, execute: execute === true }, octal };
}

export const wipefacls = defineFunction({
  name: 'acl.wipefacls',
  ignoresOthers: true,
  summary: 'Takes all access lists from files; answers true.',
  args: z.object({ args: files, recursive }),
  variadic: 'args',
  examples: ["'*' acl.wipefacls /tmp/house/kitchen"],
  async run({ args: paths, recursive: isDeep }, context) {
    requireFiles(paths);
    await runAndTell(context, ['setfacl', '-b', ...(isDeep ? ['-R'] : []), '--', ...paths]);
    return true;
  },
});

const type = lineText().describe('Whose: user, group, mask, other; with `default:` for what is new in a folder.');
const name = withDefault(lineText(), '').describe('Name of the account or group.');

export const modfacl = defineFunction({
  name: 'acl.modfacl',
  ignoresOthers: true,
  summary: 'Adds or changes an entry of the access lists of files; answers true.',
  args: z.object({
    acl_type: type,
    acl_name: name,
    perms: withDefault(lineText(), '').describe('Letters out of rwxX-.'),
    args: files,
    recursive,
    raise_err: withDefault(flag(), false).describe('Fail when setfacl does.'),
  }),
  variadic: 'args',
  examples: ["'*' acl.modfacl user myuser rwx /tmp/house/kitchen", "'*' acl.modfacl d:group mygroup 7 /tmp/house"],
  async run(args, context) {
    requireFiles(args.args);
    if (!/^[rwxX0-7-]*$/.test(args.perms)) throw failure(`${args.perms} are no permissions.`);
    await change(context, ['-m', `${entry(args.acl_type, args.acl_name)}:${args.perms}`], args);
    return true;
  },
});

export const delfacl = defineFunction({
  name: 'acl.delfacl',
  ignoresOthers: true,
  summary: 'Takes an entry out of the access lists of files; answers true.',
  args: z.object({ acl_type: type, acl_name: name, args: files, recursive }),
  variadic: 'args',
  examples: ["'*' acl.delfacl user myuser /tmp/house/kitchen"],
  async run(args, context) {
    requireFiles(args.args);
    await change(context, ['-x', entry(args.acl_type, args.acl_name)], { ...args, raise_err: false });
    return true;
  },
});

async function change(
  context: FunctionContext,
  words: readonly string[],
  given: { readonly args: readonly string[]; readonly recursive: boolean; readonly raise_err: boolean },
): Promise<void> {
  const command = ['setfacl', ...(given.recursive ? ['-R'] : []), ...words, '--', ...given.args];
  const { exitCode, stderr } = await runProgram(context, command, { timeout: 600_000 });
  if (exitCode === 0) return;
  if (given.raise_err) throw failure(stderr.trim());
  context.setRetcode(exitCode);
  context.log.error('setfacl failed', { said: stderr.trim() });
}

function entry(kind: string, owner: string): string {
  const [, isDefault, word = ''] = /^(d:|default:)?(u|g|m|o|user|group|mask|other)$/.exec(kind) ?? [];
  if (word === '') throw failure(`${kind} is no kind of an entry.`);
  if (/[:,\s]/.test(owner)) throw failure(`${owner} cannot be a name.`);
  return `${isDefault === undefined ? '' : 'd:'}${word.slice(0, 1)}:${owner}`;
}

function requireFiles(paths: readonly string[]): void {
  if (paths.length === 0) throw failure('You need to specify at least one file or directory to work with!');
}
