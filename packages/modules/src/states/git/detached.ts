import { isAppError } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, flag, lineText, optional, textList, withDefault, secret } from '../../kit/index.ts';
import { checkDetached } from '../../providers/git/check-detached.ts';
import { saidByProgram } from '../../providers/commands/run-tool.ts';
import { httpsLogin } from '../../providers/git/git-command.ts';

/** `git.detached` */
export const detached = defineState({
  name: 'git.detached',
  summary: 'Keeps a clone of a repository with a commit checked out that is on no branch.',
  args: z.object({
    name: lineText().describe('URL of the repository.'),
    rev: lineText().describe('The branch, tag or commit.'),
    target: lineText().describe('Absolute path of the clone.'),
    remote: withDefault(lineText(), 'origin').describe('Name of the remote.'),
    user: optional(lineText()).describe('Account git runs as.'),
    password: secret(optional(lineText())).describe('Accepted for compatibility, on Windows only.'),
    force_clone: withDefault(flag(), false).describe('Whether what is in the way of a new clone is removed.'),
    force_checkout: withDefault(flag(), false).describe('Whether local changes are given up by the checkout.'),
    fetch_remote: withDefault(flag(), true).describe('Whether the remote is fetched; else only what is here counts.'),
    hard_reset: withDefault(flag(), false).describe('Whether local changes are given up before the checkout.'),
    submodules: withDefault(flag(), false).describe('Whether submodules are updated.'),
    identity: optional(textList()).describe('Paths of private ssh keys.'),
    https_user: optional(lineText()).describe('User name for https.'),
    https_pass: secret(optional(lineText())).describe('Password for https.'),
    output_encoding: optional(lineText()).describe('Accepted for compatibility; output is UTF-8.'),
  }),
  examples: [
    `https://git.example.org/app.git:
  git.detached:
    - rev: v1.2.0
    - target: /srv/app`,
  ],
  async check(args, context) {
    const { rev, target } = args;
    if (rev === '') return fails(`'${rev}' is not a valid value for the 'rev' argument`);
    if (!target.startsWith('/')) return fails(`Target '${target}' is not an absolute path`);
    if ([args.name, rev, args.remote].some((word) => word.startsWith('-')))
      return fails('A repository, revision or remote must not start with a dash');
    if ((await context.host.which('git')) === undefined) return fails('git is not installed on this minion');
    const login = {
      user: args.user,
      identity: args.identity,
      https: httpsLogin(args.name, args.https_user, args.https_pass),
    };
    try {
      return await checkDetached({ ...args, login }, context.host);
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(saidByProgram(caught));
    }
  },
});
