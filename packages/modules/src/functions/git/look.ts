import { posix } from 'node:path';
import { isAppError } from '@brine/common';
import { z } from 'zod';
import { commaList, flag, optional, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { inOrder } from '../../kit/in-order.ts';
import { redactUrl } from '../../providers/files/find-source.ts';
import { urlWithLogin } from '../../providers/git/git-command.ts';
import { failure } from '../failure.ts';
import { safeName } from '../safe-name.ts';
import { readText } from '../text-file.ts';
import {
  cwd,
  git,
  identityOf,
  lastArguments,
  loginArguments,
  optionArguments,
  plainSchema,
  remoteArguments,
  runArguments,
  type GitCall,
} from './run-git.ts';

const rev = withDefault(safeName('a revision'), 'HEAD').describe('A revision.');
const remote = withDefault(safeName('a remote'), 'origin').describe('Name of the remote.');
const redactAuth = withDefault(flag(), true).describe('Leave passwords out of URLs.');

export const version = defineFunction({
  name: 'git.version',
  summary: 'The version of git.',
  args: z.object({ versioninfo: withDefault(flag(), false).describe('As a list of numbers.') }),
  examples: ["'*' git.version"],
  async run({ versioninfo }, context) {
    const found = (await git({ user: undefined }, context, ['--version'])).split(/\s+/)[2] ?? '';
    return versioninfo ? found.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)) : found;
  },
});

export const currentBranch = defineFunction({
  name: 'git.current_branch',
  summary: 'The branch that is checked out; an empty text when none is.',
  args: plainSchema,
  examples: ["'*' git.current_branch /path/to/repo"],
  run: (args, context) => git(args, context, ['branch', '--show-current']),
});

export const revision = defineFunction({
  name: 'git.revision',
  summary: 'The hash of a revision.',
  args: z.object({
    cwd,
    rev,
    short: withDefault(flag(), false).describe('The short hash.'),
    ...runArguments,
    ...lastArguments,
  }),
  examples: ["'*' git.revision /path/to/repo mybranch"],
  run: (args, context) => git(args, context, ['rev-parse', ...(args.short ? ['--short'] : []), args.rev]),
});

export const revParse = defineFunction({
  name: 'git.rev_parse',
  summary: 'What `git rev-parse` answers.',
  args: z.object({
    cwd,
    rev: optional(safeName('a revision')).describe('A revision.'),
    ...optionArguments,
    ...runArguments,
    ...lastArguments,
  }),
  examples: ["'*' git.rev_parse /path/to/repo HEAD", "'*' git.rev_parse /path/to/repo opts='--is-inside-work-tree'"],
  run: (args, context) =>
    git(args, context, ['rev-parse', ...args.opts, ...(args.rev === undefined ? [] : [args.rev])]),
});

export const describe = defineFunction({
  name: 'git.describe',
  summary: 'A revision by the nearest tag before it.',
  args: z.object({ cwd, rev, ...runArguments, ...lastArguments }),
  examples: ["'*' git.describe /path/to/repo"],
  run: (args, context) => git(args, context, ['describe', '--always', args.rev]),
});

export const listBranches = defineFunction({
  name: 'git.list_branches',
  summary: 'The branches of a checkout, or those known of its remotes.',
  args: z.object({
    cwd,
    remote: withDefault(flag(), false).describe('Those of remotes.'),
    ...runArguments,
    ...lastArguments,
  }),
  examples: ["'*' git.list_branches /path/to/repo", "'*' git.list_branches /path/to/repo remote=True"],
  run: (args, context) => listRefs(args, context, args.remote ? 'refs/remotes/' : 'refs/heads/'),
});

export const listTags = defineFunction({
  name: 'git.list_tags',
  summary: 'The tags of a checkout.',
  args: plainSchema,
  examples: ["'*' git.list_tags /path/to/repo"],
  run: (args, context) => listRefs(args, context, 'refs/tags/'),
});

export const lsRemote = defineFunction({
  name: 'git.ls_remote',
  summary: 'The references of a remote and their hashes.',
  args: z.object(
    inOrder(
      {
        cwd: optional(safeName('a path')).describe('The folder of a checkout; none is needed for a URL.'),
        remote: withDefault(safeName('a remote or a URL'), 'origin').describe('Name of the remote, or a URL.'),
        ref: optional(safeName('a reference')).describe('Only references of this name.'),
        ...optionArguments,
        ...runArguments,
        ...remoteArguments,
        ...loginArguments,
        ...lastArguments,
      },
      'cwd remote ref opts git_opts user password identity https_user https_pass ignore_retcode output_encoding saltenv',
    ),
  ),
  examples: ["'*' git.ls_remote /path/to/repo origin main", "'*' git.ls_remote remote=https://domain.tld/repo.git"],
  async run(args, context) {
    const asked = { ...args, url: args.remote };
    const url = urlWithLogin(args.remote, identityOf(asked));
    const output = await git(asked, context, [
      'ls-remote',
      ...args.opts,
      '--',
      url,
      ...(args.ref === undefined ? [] : [args.ref]),
    ]);
    const rows = output.split('\n').filter((line) => line.includes('\t'));
    return new Map(rows.map((line) => [line.slice(line.indexOf('\t') + 1), line.slice(0, line.indexOf('\t'))]));
  },
});

export const remotes = defineFunction({
  name: 'git.remotes',
  summary: 'The remotes of a checkout and the URLs they fetch from and push to.',
  args: z.object(
    inOrder(
      { cwd, redact_auth: redactAuth, ...runArguments, ...lastArguments },
      'cwd user password redact_auth ignore_retcode output_encoding',
    ),
  ),
  examples: ["'*' git.remotes /path/to/repo"],
  run: async (args, context) => new Map(await readRemotes(args, context, args.redact_auth)),
});

export const remoteGet = defineFunction({
  name: 'git.remote_get',
  summary: 'The URLs a remote fetches from and pushes to.',
  args: z.object(
    inOrder(
      { cwd, remote, redact_auth: redactAuth, ...runArguments, ...lastArguments },
      'cwd remote user password redact_auth ignore_retcode output_encoding',
    ),
  ),
  examples: ["'*' git.remote_get /path/to/repo", "'*' git.remote_get /path/to/repo upstream"],
  async run(args, context) {
    const found = (await readRemotes(args, context, args.redact_auth)).get(args.remote);
    if (found !== undefined) return found;
    throw failure(`Remote '${args.remote}' not present in git checkout located at ${args.cwd}`);
  },
});

const statusNames: Readonly<Record<string, string>> = { M: 'modified', A: 'new', D: 'deleted', '??': 'untracked' };

export const status = defineFunction({
  name: 'git.status',
  summary: 'The paths that differ from what is committed, by how.',
  args: plainSchema,
  examples: ["'*' git.status /path/to/repo"],
  async run(args, context) {
    const output = await git(args, context, ['status', '-z', '--porcelain']);
    const found = new Map<string, string[]>();
    for (const line of output.split('\0')) {
      const [, state, path] = /^\s*(\S+)\s+(.*)$/s.exec(line) ?? [];
      if (state === undefined || path === undefined) continue;
      const name = statusNames[state] ?? state;
      found.set(name, [...(found.get(name) ?? []), path]);
    }
    return found;
  },
});

export const diff = defineFunction({
  name: 'git.diff',
  summary: 'The difference between two revisions, or between one and the folder.',
  args: z.object({
    cwd,
    item1: optional(safeName('a revision')).describe('A revision.'),
    item2: optional(safeName('a revision')).describe('Another revision.'),
    ...optionArguments,
    ...runArguments,
    no_index: withDefault(flag(), false).describe('Compare two paths, which need not be in a checkout.'),
    cached: withDefault(flag(), false).describe('Compare with what is staged.'),
    paths: withDefault(commaList(), []).describe('Only these paths.'),
    output_encoding: lastArguments.output_encoding,
  }),
  examples: ["'*' git.diff /path/to/repo", "'*' git.diff /path/to/repo main feature"],
  async run(args, context) {
    if (args.no_index && args.cached) throw failure("The 'no_index' and 'cached' options cannot be used together");
    const revisions = args.no_index ? [] : [args.item1, args.cached ? undefined : args.item2];
    const mode = args.no_index ? ['--no-index'] : args.cached ? ['--cached'] : [];
    const paths = args.paths.length === 0 ? [] : ['--', ...args.paths];
    // With --no-index git ends with 1 when there is a difference; --no-ext-diff is no help there.
    const command = ['diff', ...args.opts, ...mode, ...revisions.filter((each) => each !== undefined), ...paths];
    return args.no_index ? diffPaths(args, context, command) : git(args, context, command);
  },
});

export const isWorktree = defineFunction({
  name: 'git.is_worktree',
  summary: 'Whether a folder is a linked worktree of another checkout.',
  args: z.object({ cwd, ...runArguments, output_encoding: lastArguments.output_encoding }),
  examples: ["'*' git.is_worktree /path/to/repo"],
  async run(args, context) {
    try {
      const top = await git(args, context, ['rev-parse', '--show-toplevel']);
      const isFolder = (await context.host.files.stat(`${top}/.git`))?.kind === 'directory';
      const text = isFolder ? '' : await readText(context.host, `${top}/.git`);
      const [, path] = /^gitdir:\s*(.*)$/m.exec(text ?? '') ?? [];
      return path !== undefined && posix.isAbsolute(path.trim());
    } catch (error) {
      if (isAppError(error, 'state-failed')) return false;
      throw error;
    }
  },
});

async function listRefs(call: GitCall, context: FunctionContext, prefix: string): Promise<readonly string[]> {
  const output = await git(call, context, ['for-each-ref', '--format', '%(refname:short)', prefix]);
  return output.split('\n').filter((line) => line !== '');
}

/** The remotes of a checkout by name. */
export async function readRemotes(
  call: GitCall,
  context: FunctionContext,
  isRedacted: boolean,
): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  const output = await git(call, context, ['remote', '--verbose']);
  const found = new Map<string, Record<string, string>>();
  for (const line of output.split('\n')) {
    const [, name, url, action] = /^(\S+)\s+(\S+)\s+\((fetch|push)\)/.exec(line) ?? [];
    if (name === undefined || url === undefined || action === undefined) continue;
    found.set(name, { ...found.get(name), [action]: isRedacted ? redactUrl(url) : url });
  }
  return found;
}

async function diffPaths(call: GitCall, context: FunctionContext, command: readonly string[]): Promise<string> {
  const folder = call.cwd === undefined ? [] : ['-C', call.cwd];
  const account = call.user === undefined ? {} : { user: call.user };
  const all = ['git', ...folder, ...(call.git_opts ?? []), ...command];
  const result = await context.host.inspect({ command: all, signal: context.signal, ...account });
  return result.stdout.trim();
}
