import { isAppError } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  either,
  fails,
  flag,
  lineText,
  oneOf,
  optional,
  withDefault,
  type Argument,
} from '../../kit/index.ts';
import { checkLatest } from '../../providers/git/check-latest.ts';
import { gitArguments } from '../../providers/git/git-arguments.ts';
import { saidByProgram } from '../../providers/commands/run-tool.ts';
import { httpsLogin } from '../../providers/git/git-command.ts';

const reset: Argument<boolean | 'remote-changes'> = withDefault<boolean | 'remote-changes'>(
  either(oneOf('remote-changes'), flag()),
  false,
);

/** `git.latest` */
export const latest = defineState({
  name: 'git.latest',
  summary: 'Keeps a clone of a repository at the newest commit of a branch, tag or commit.',
  args: z.object({
    name: lineText().describe('URL of the repository.'),
    rev: withDefault(lineText(), 'HEAD').describe('The branch, tag or commit.'),
    target: lineText().describe('Absolute path of the clone.'),
    branch: optional(lineText()).describe('The local branch; the one that is checked out unless given.'),
    ...gitArguments,
    remote: withDefault(lineText(), 'origin').describe('Name of the remote.'),
    force_checkout: withDefault(flag(), false).describe('Whether local changes are given up.'),
    force_fetch: withDefault(flag(), false).describe('Whether a rewritten history is fetched.'),
    force_reset: reset.describe(
      'Whether the branch may move other than forward and local changes are given up; with remote-changes, only when the remote has others.',
    ),
    update_head: withDefault(flag(), true).describe('Whether an existing clone moves to a newer commit.'),
    bare: withDefault(flag(), false).describe('Whether the clone has no work tree.'),
    mirror: withDefault(flag(), false).describe('Whether the clone is a mirror.'),
    fetch_tags: withDefault(flag(), true).describe('Whether tags are fetched.'),
    refspec_branch: withDefault(lineText(), '*').describe('Glob of the branches that are fetched.'),
    refspec_tag: withDefault(lineText(), '*').describe('Glob of the tags that are fetched.'),
    sync_tags: withDefault(flag(), true).describe('Whether tags that are gone at the remote go.'),
  }),
  examples: [
    `https://git.example.org/app.git:
  git.latest:
    - target: /srv/app
    - rev: main`,
  ],
  async check(args, context) {
    if (!args.target.startsWith('/')) return fails(`target '${args.target}' is not an absolute path`);
    if ([args.name, args.rev, args.branch ?? '', args.remote].some((word) => word.startsWith('-')))
      return fails('A repository, revision, branch or remote must not start with a dash');
    if ((await context.host.which('git')) === undefined) return fails('git is not installed on this minion');
    const identity = {
      user: args.user,
      identity: args.identity,
      https: httpsLogin(args.name, args.https_user, args.https_pass),
    };
    try {
      return await checkLatest({ ...args, login: identity }, context);
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(saidByProgram(caught));
    }
  },
});
