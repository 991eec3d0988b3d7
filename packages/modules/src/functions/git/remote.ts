import { posix } from 'node:path';
import { z } from 'zod';
import { commaList, flag, oneOf, optional, text, withDefault } from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { urlWithLogin, urlWithPassword } from '../../providers/git/git-command.ts';
import { failure } from '../failure.ts';
import { safeName } from '../safe-name.ts';
import { readRemotes } from './look.ts';
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
  type GitCall,
} from './run-git.ts';

export const clone = defineFunction({
  name: 'git.clone',
  summary: 'Clones a repository; answers true.',
  args: z.object({
    cwd: safeName('a path').describe('Where the checkout goes, or with `name` the folder it goes into.'),
    url: safeName('a URL').describe('URL of the repository.'),
    name: optional(safeName('a name')).describe('Name of the new folder.'),
    ...optionArguments,
    ...runArguments,
    ...remoteArguments,
    ...loginArguments,
    ...lastArguments,
  }),
  examples: ["'*' git.clone /path/to/repo_parent_dir https://github.com/saltstack/salt.git"],
  async run(args, context) {
    const folder = await folderOf(args.cwd, args, context);
    const target = args.name === undefined ? folder : posix.join(folder, args.name);
    const url = urlWithLogin(args.url, identityOf(args));
    await git({ ...args, cwd: undefined }, context, ['clone', ...args.opts, '--', url, target]);
    return true;
  },
});

export const fetch = defineFunction({
  name: 'git.fetch',
  summary: 'Fetches from a remote and answers what is new.',
  args: z.object({
    cwd,
    remote: optional(safeName('a remote')).describe('Name of the remote.'),
    force: withDefault(flag(), false).describe('Take references that do not follow the present ones.'),
    refspecs: withDefault(commaList(), []).describe('What is fetched into what.'),
    ...optionArguments,
    ...runArguments,
    ...remoteArguments,
    ...lastArguments,
  }),
  examples: ["'*' git.fetch /path/to/repo upstream"],
  async run(args, context) {
    if (args.refspecs.some((spec) => spec.startsWith('-'))) throw failure('refspecs must not begin with a dash');
    const words = [...(args.force ? ['--force'] : []), ...args.opts];
    const sources = [...(args.remote === undefined ? [] : [args.remote]), ...args.refspecs];
    return readUpdates(await git(args, context, ['fetch', ...words, ...sources], { mergeStderr: true }));
  },
});

export const pull = defineFunction({
  name: 'git.pull',
  summary: 'Fetches and merges, and answers what git says.',
  args: z.object({ cwd, ...optionArguments, ...runArguments, ...remoteArguments, ...lastArguments }),
  examples: ["'*' git.pull /path/to/repo opts='--rebase origin main'"],
  run: (args, context) => git(args, context, ['pull', ...args.opts]),
});

export const push = defineFunction({
  name: 'git.push',
  summary: 'Pushes a reference to a remote and answers what git says.',
  args: z.object({
    cwd,
    remote: safeName('a remote').describe('Name of the remote.'),
    ref: safeName('a reference').describe('What is pushed, e.g. `main` or `HEAD:main`.'),
    ...optionArguments,
    ...runArguments,
    ...remoteArguments,
    ...lastArguments,
  }),
  examples: ["'*' git.push /path/to/repo origin HEAD:main"],
  run: (args, context) => git(args, context, ['push', ...args.opts, '--', args.remote, args.ref]),
});

export const submodule = defineFunction({
  name: 'git.submodule',
  summary: 'Runs a subcommand of `git submodule` and answers what git says.',
  args: z.object({
    cwd,
    command: oneOf('add', 'status', 'init', 'deinit', 'update', 'summary', 'sync').describe('The subcommand.'),
    ...optionArguments,
    ...runArguments,
    ...remoteArguments,
    ...lastArguments,
  }),
  examples: ["'*' git.submodule /path/to/repo update opts='--init'"],
  run: (args, context) => git(args, context, ['submodule', args.command, ...args.opts]),
});

export const remoteSet = defineFunction({
  name: 'git.remote_set',
  summary: 'Gives a checkout a remote and answers its URLs.',
  args: z.object({
    cwd,
    url: safeName('a URL').describe('URL of the repository.'),
    remote: withDefault(safeName('a remote'), 'origin').describe('Name of the remote.'),
    ...runArguments,
    ...loginArguments,
    push_url: optional(safeName('a URL')).describe('URL that is pushed to, when it is another.'),
    push_https_user: optional(text()).describe('User name for pushing over https.'),
    push_https_pass: secret(optional(text())).describe('Password for pushing over https.'),
    ignore_retcode: lastArguments.ignore_retcode,
    output_encoding: lastArguments.output_encoding,
  }),
  examples: ["'*' git.remote_set /path/to/repo git@github.com:user/repo.git"],
  async run(args, context) {
    const known = await readRemotes(args, context, true);
    if (known.has(args.remote)) await git(args, context, ['remote', 'rm', args.remote]);
    await setUrl(args, context, { words: ['add'], key: 'url', url: args.url });
    if (args.push_url !== undefined) {
      const login = { ...args, https_user: args.push_https_user, https_pass: args.push_https_pass };
      await setUrl(login, context, { words: ['set-url', '--push'], key: 'pushurl', url: args.push_url });
    }
    return (await readRemotes(args, context, true)).get(args.remote) ?? {};
  },
});

interface UrlWish {
  readonly words: readonly string[];
  readonly key: 'url' | 'pushurl';
  readonly url: string;
}

/** Sets a URL of a remote. A password comes into it behind git's back: lists of processes show git's arguments. */
async function setUrl(
  call: GitCall & { readonly remote: string },
  context: FunctionContext,
  { words, key, url }: UrlWish,
): Promise<void> {
  const identity = identityOf({ ...call, url });
  const [bare, full] = [urlWithLogin(url, identity), urlWithPassword(url, identity)];
  await git(call, context, ['remote', ...words, call.remote, bare]);
  if (bare === full) return;
  const folder = await folderOf(call.cwd ?? '', call, context);
  const file = posix.resolve(folder, await git(call, context, ['rev-parse', '--git-path', 'config']));
  const text = Buffer.from((await context.host.files.read(file)) ?? '').toString('utf8');
  const at = text.indexOf(`[remote "${call.remote}"]`);
  const line = `\t${key} = ${bare}\n`;
  if (at < 0 || !text.includes(line, at)) throw failure(`The password of remote ${call.remote} could not be written`);
  const edited = text.slice(0, at) + text.slice(at).replace(line, () => `\t${key} = ${full}\n`);
  await context.host.files.write(file, Buffer.from(edited));
}

function readUpdates(output: string): Record<string, readonly string[] | Record<string, Record<string, string>>> {
  const lists: Record<string, string[]> = {};
  const branches: Record<string, Record<string, string>> = {};
  const kinds: Readonly<Record<string, string>> = {
    'new tag': 'new tags',
    'new branch': 'new branches',
    'tag update': 'updated tags',
  };
  for (const line of output.split('\n')) {
    const [, from, to, kind = '', name = ''] =
      /^[\s*+t-]*(?:([0-9a-f]+)\.{2,3}([0-9a-f]+)|\[(new tag|new branch|tag update)\])\s+(.+?)\s+->/.exec(line) ?? [];
    const key = kinds[kind];
    if (key !== undefined) lists[key] = [...(lists[key] ?? []), name];
    else if (from !== undefined && to !== undefined) branches[name] = { old: from, new: to };
  }
  return { ...lists, ...(Object.keys(branches).length > 0 ? { 'updated branches': branches } : {}) };
}
