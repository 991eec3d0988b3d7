import { posix } from 'node:path';
import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, lineText, optional, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { safeName } from '../safe-name.ts';
import { cwd, folderOf, git, lastArguments, optionArguments, runArguments } from './run-git.ts';

const { ignore_retcode: ignoreRetcode, output_encoding: outputEncoding } = lastArguments;
const ending = { ignore_retcode: ignoreRetcode, output_encoding: outputEncoding };

export const worktreeAdd = defineFunction({
  name: 'git.worktree_add',
  summary: 'Makes a further checkout of a repository and answers what git says.',
  args: z.object({
    cwd,
    worktree_path: safeName('a path').describe('Where the checkout goes.'),
    ref: optional(safeName('a revision')).describe('What is checked out; HEAD unless given.'),
    reset_branch: withDefault(flag(), false).describe('Let a branch of that name begin anew.'),
    force: withDefault(flag(), false).describe('Also a branch that another checkout has.'),
    detach: withDefault(flag(), false).describe('Check out the commit, without a branch.'),
    ...optionArguments,
    ...runArguments,
    ...ending,
    branch: optional(safeName('the name of a branch')).describe('Name of the branch; that of the folder unless given.'),
  }),
  examples: ["'*' git.worktree_add /path/to/repo ../hotfix ref=origin/master"],
  run(args, context) {
    if (args.branch !== undefined && args.detach) throw failure("Only one of 'branch' and 'detach' is allowed");
    const branch = args.branch ?? posix.basename(args.worktree_path);
    const kind = args.detach
      ? ['--detach']
      : [args.reset_branch ? '-B' : '-b', branch, ...(args.force ? ['--force'] : [])];
    const ref = args.ref === undefined ? [] : [args.ref];
    const command = ['worktree', 'add', ...kind, ...args.opts, args.worktree_path, ...ref];
    return git(args, context, command, { mergeStderr: true });
  },
});

export const worktreePrune = defineFunction({
  name: 'git.worktree_prune',
  summary: 'Forgets checkouts that are gone and answers which.',
  args: z.object({
    cwd,
    dry_run: withDefault(flag(), false).describe('Only tell which.'),
    verbose: withDefault(flag(), true).describe('Tell which.'),
    expire: optional(lineText()).describe('Only those gone for that long.'),
    ...optionArguments,
    ...runArguments,
    ...ending,
  }),
  examples: ["'*' git.worktree_prune /path/to/repo", "'*' git.worktree_prune /path/to/repo dry_run=True"],
  run(args, context) {
    const words = [
      ...(args.dry_run ? ['--dry-run'] : []),
      ...(args.verbose ? ['--verbose'] : []),
      ...(args.expire === undefined ? [] : ['--expire', args.expire]),
    ];
    return git(args, context, ['worktree', 'prune', ...words, ...args.opts], { mergeStderr: true });
  },
});

export const worktreeRm = defineFunction({
  name: 'git.worktree_rm',
  summary: 'Removes the folder of a further checkout; answers true.',
  args: z.object({ cwd, user: runArguments.user, output_encoding: outputEncoding }),
  examples: ["'*' git.worktree_rm /path/to/worktree"],
  async run(args, context) {
    const folder = await folderOf(args.cwd, args, context);
    if ((await context.host.files.stat(folder, { follow: true })) === undefined)
      throw failure(`${folder} does not exist`);
    if ((await context.call('git.is_worktree', [folder])) !== true) throw failure(`${folder} is not a git worktree`);
    await context.host.files.remove(folder, { recursive: true });
    return true;
  },
});

export const listWorktrees = defineFunction({
  name: 'git.list_worktrees',
  summary: 'The checkouts of a repository by path: those there, those gone (`stale`), or all.',
  args: z.object({
    cwd,
    stale: withDefault(flag(), false).describe('Those whose folder is gone.'),
    ...runArguments,
    output_encoding: outputEncoding,
    all: withDefault(flag(), false).describe('Both kinds.'),
  }),
  examples: ["'*' git.list_worktrees /path/to/repo", "'*' git.list_worktrees /path/to/repo all=True"],
  async run(args, context) {
    if (args.all && args.stale) throw failure("'all' and 'stale' cannot both be set to True");
    const listed = await git(args, context, ['worktree', 'list', '--porcelain']);
    const rows = await Promise.all(
      listed
        .trim()
        .split('\n\n')
        .map((entry) => readWorktree(entry, args, context)),
    );
    const wanted = rows.filter(
      (row) => row !== undefined && (args.all || row[1]['stale'] === args.stale),
    ) as readonly (readonly [string, Plain])[];
    return Object.fromEntries(wanted);
  },
});

async function readWorktree(
  entry: string,
  args: { readonly cwd: string; readonly user: string | undefined },
  context: FunctionContext,
): Promise<readonly [string, Record<string, Plain>] | undefined> {
  const lines = new Map(entry.split('\n').map((line) => [line.split(' ')[0] ?? '', line.replace(/^\S+ ?/, '')]));
  const [path, head, branch] = ['worktree', 'HEAD', 'branch'].map((key) => lines.get(key));
  const isDetached = lines.has('detached');
  if (path === undefined || head === undefined || (branch === undefined && !isDetached)) return undefined;
  const isStale = (await context.host.files.stat(path, { follow: true }))?.kind !== 'directory';
  const facts = { stale: isStale, HEAD: head, detached: isDetached };
  if (!isDetached) return [path, { ...facts, branch: (branch ?? '').replace('refs/heads/', '') }];
  const tags = (await git(args, context, ['tag', '--points-at', head])).split('\n').filter((tag) => tag !== '');
  return [path, { ...facts, branch: null, ...(tags.length === 0 ? {} : { tags }) }];
}

export const discardLocalChanges = defineFunction({
  name: 'git.discard_local_changes',
  summary: 'Puts files back as they are staged and answers what git says.',
  args: z.object({
    cwd,
    path: withDefault(safeName('a path'), '.').describe('A path in the checkout; all of it unless given.'),
    ...runArguments,
    ...ending,
  }),
  examples: ["'*' git.discard_local_changes /path/to/repo", "'*' git.discard_local_changes /path/to/repo path=foo"],
  run: (args, context) => git(args, context, ['checkout', '--', args.path], { mergeStderr: true }),
});
