import { isAppError } from '@brine/common';
import { z } from 'zod';
import { commaList, either, flag, optional, textList, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { runGit } from '../../providers/git/git-command.ts';
import { failure } from '../failure.ts';
import { safeName } from '../safe-name.ts';
import {
  cwd,
  folderOf,
  git,
  identityOf,
  lastArguments,
  loginArguments,
  optionArguments,
  remoteArguments,
  runArguments,
} from './run-git.ts';

const { ignore_retcode: ignoreRetcode, output_encoding: outputEncoding } = lastArguments;
const ending = { ignore_retcode: ignoreRetcode, output_encoding: outputEncoding };
const mode = (what: string) => withDefault(flag(), false).describe(what);

export const mergeBase = defineFunction({
  name: 'git.merge_base',
  summary: 'The commit that revisions have in common; whether the first precedes the second (`is_ancestor`).',
  args: z.object({
    cwd,
    refs: withDefault(either(commaList(), textList()), []).describe('Revisions.'),
    octopus: mode('What all of them have in common.'),
    is_ancestor: mode('Whether the first of two precedes the second.'),
    independent: mode('Which of them none of the others reaches.'),
    fork_point: optional(safeName('a revision')).describe('Where a history left this one.'),
    ...optionArguments,
    ...runArguments,
    ...ending,
    all: mode('All of them, as a list.'),
  }),
  examples: [
    "'*' git.merge_base /path/to/repo HEAD,upstream/mybranch",
    "'*' git.merge_base /path/to/repo 8f2e542,4ad8cab is_ancestor=True",
  ],
  async run(args, context) {
    refuseCombination(args);
    const command = ['merge-base', ...mergeBaseWords(args)];
    if (!args.is_ancestor) {
      const bases = (await git(args, context, command)).split('\n');
      return args.all ? bases : (bases[0] ?? '');
    }
    const folder = await folderOf(args.cwd, args, context);
    const { exitCode } = await context.host.inspect({
      command: ['git', '-C', folder, ...args.git_opts, ...command],
      signal: context.signal,
      timeout: 300_000,
      ...(args.user === undefined ? {} : { user: args.user }),
    });
    if (exitCode !== 0) context.setRetcode(exitCode);
    return exitCode === 0;
  },
});

interface MergeBaseCall {
  readonly refs: readonly string[];
  readonly octopus: boolean;
  readonly is_ancestor: boolean;
  readonly independent: boolean;
  readonly fork_point: string | undefined;
  readonly all: boolean;
  readonly opts: readonly string[];
}

function refuseCombination({
  refs,
  octopus,
  is_ancestor: isAncestor,
  independent,
  fork_point: fork,
  all,
}: MergeBaseCall) {
  const isForked = fork !== undefined;
  if (all && [independent, isAncestor, isForked].includes(true))
    throw failure("The 'all' argument is not compatible with 'independent', 'is_ancestor', or 'fork_point'");
  if ([octopus, isAncestor, independent, isForked].filter(Boolean).length > 1)
    throw failure("Only one of 'octopus', 'independent', 'is_ancestor', and 'fork_point' is permitted");
  if (isAncestor && refs.length !== 2) throw failure("Two refs/commits are required if 'is_ancestor' is True");
  if (isForked && refs.length > 1) throw failure("At most one ref/commit can be passed if 'fork_point' is specified");
  const bad = refs.find((ref) => ref.startsWith('-'));
  if (bad !== undefined) throw failure(`${bad} cannot be a revision.`);
}

function mergeBaseWords({ opts, refs, fork_point: fork, ...modes }: MergeBaseCall): readonly string[] {
  const option = (name: string, isSet: boolean): readonly string[] => (isSet ? [name] : []);
  return [
    ...opts,
    ...option('--all', modes.all),
    ...option('--octopus', modes.octopus),
    ...option('--is-ancestor', modes.is_ancestor),
    ...option('--independent', modes.independent),
    ...(fork === undefined ? [] : ['--fork-point', fork]),
    ...(fork !== undefined && refs.length === 0 ? ['HEAD'] : refs),
  ];
}

export const mergeTree = defineFunction({
  name: 'git.merge_tree',
  summary: 'What merging two revisions would change, as a text.',
  args: z.object({
    cwd,
    ref1: safeName('a revision').describe('A revision.'),
    ref2: safeName('a revision').describe('Another.'),
    base: optional(safeName('a revision')).describe('What they have in common; found unless given.'),
    ...runArguments,
    ...ending,
  }),
  examples: ["'*' git.merge_tree /path/to/repo HEAD upstream/dev"],
  async run(args, context) {
    const { ref1, ref2 } = args;
    const find = async (): Promise<string> => {
      try {
        return (await git(args, context, ['merge-base', ref1, ref2])).split('\n')[0] ?? '';
      } catch (cause) {
        if (isAppError(cause, 'program-timeout')) throw cause;
        throw failure(`Unable to determine merge base for ${ref1} and ${ref2}`, cause);
      }
    };
    return git(args, context, ['merge-tree', args.base ?? (await find()), ref1, ref2]);
  },
});

export const remoteRefs = defineFunction({
  name: 'git.remote_refs',
  summary: 'The references of a remote repository: name → commit.',
  args: z.object({
    url: safeName('an address').describe('Address of the repository.'),
    heads: mode('Branches.'),
    tags: mode('Tags.'),
    ...runArguments,
    ...remoteArguments,
    ...loginArguments,
    ignore_retcode: ignoreRetcode,
    output_encoding: outputEncoding,
    saltenv: lastArguments.saltenv,
    filter: optional(safeName('a pattern')).describe('Only names that fit this pattern of git.'),
  }),
  examples: ["'*' git.remote_refs https://github.com/saltstack/salt.git filter=develop"],
  async run(args, context) {
    const words = [...(args.heads ? ['--heads'] : []), ...(args.tags ? ['--tags'] : []), args.url];
    const said = await runGit(
      context.host,
      ['ls-remote', ...words, ...(args.filter === undefined ? [] : [args.filter])],
      identityOf(args),
      { signal: context.signal },
    );
    const rows = said.split('\n').map((line) => line.split('\t'));
    return Object.fromEntries(rows.filter((row) => row.length === 2).map(([commit, ref]) => [ref ?? '', commit ?? '']));
  },
});

export const symbolicRef = defineFunction({
  name: 'git.symbolic_ref',
  summary: 'Reads what a symbolic reference names, lets it name another, or removes it (`opts=-d`).',
  args: z.object({
    cwd,
    ref: safeName('a reference').describe('The reference, e.g. HEAD.'),
    value: optional(safeName('a reference')).describe('What it is to name.'),
    ...optionArguments,
    ...runArguments,
    ...ending,
  }),
  examples: ["'*' git.symbolic_ref /path/to/repo HEAD", "'*' git.symbolic_ref /path/to/repo FOO opts='--delete'"],
  run(args, context) {
    if (args.value !== undefined && args.opts.some((option) => option === '-d' || option === '--delete'))
      throw failure('Value cannot be set for symbolic ref if -d/--delete is included in opts');
    const words = [...args.opts, args.ref, ...(args.value === undefined ? [] : [args.value])];
    return git(args, context, ['symbolic-ref', ...words]);
  },
});
