import { z } from 'zod';
import { defineState, fails, flag, isOk, lineText, optional, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { askGit, runGit } from '../../providers/git/git-command.ts';

/** `git.config_unset` */
export const configUnset = defineState({
  name: 'git.config_unset',
  summary: 'Keeps an option of git unset.',
  args: z.object({
    name: lineText().describe('The option, e.g. http.proxy.'),
    repo: optional(lineText()).describe('The repository; not needed with global.'),
    user: optional(lineText()).describe('Account git runs as.'),
    global: withDefault(flag(), false).describe('Whether the option of the account is meant.'),
    all: withDefault(flag(), false).describe('Whether all of its values go.'),
  }),
  examples: [
    `http.proxy:
  git.config_unset:
    - global: true`,
  ],
  acceptsUnknown: true,
  async check({ name, repo, user, global, all }, { host }) {
    if (!/^[A-Za-z][\w-]*\..+$/.test(name)) return fails(`Invalid configuration option '${name}'`);
    if (!global && repo === undefined)
      return fails("Non-global git config options require the 'repo' argument to be set");
    const login = { user, identity: undefined, httpsUser: undefined, httpsPassword: undefined };
    const place = global ? ['config', '--global'] : ['-C', repo ?? '/', 'config', '--local'];
    const current = (await askGit(host, [...place, '--get-all', name], login))?.split('\n') ?? [];
    if (current.length === 0) return isOk(`No matching keys are set`);
    if (current.length > 1 && !all)
      return fails(`The key '${name}' has several values. Set 'all' to True to unset them`);
    const changes = { [name]: current };
    return willChange({ comment: `The key '${name}' would be unset`, changes }, (machine) =>
      attempt(`Failed to unset the key '${name}'`, async () => {
        await runGit(machine, [...place, '--unset-all', name], login);
        return { comment: `The key '${name}' was unset`, changes };
      }),
    );
  },
});
