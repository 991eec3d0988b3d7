import { z } from 'zod';
import { defineState, fails, flag, isOk, lineText, optional, text, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { askGit, runGit } from '../../providers/git/git-command.ts';

/** `git.config_set` */
export const configSet = defineState({
  name: 'git.config_set',
  summary: 'Keeps an option of git at a value.',
  args: z.object({
    name: lineText().describe('The option, e.g. user.email.'),
    value: text().describe('Its value.'),
    repo: optional(lineText()).describe('The repository; not needed with global.'),
    user: optional(lineText()).describe('Account git runs as.'),
    global: withDefault(flag(), false).describe('Whether the option of the account is meant.'),
  }),
  examples: [
    `user.name:
  git.config_set:
    - value: Deploy Bot
    - global: true`,
  ],
  acceptsUnknown: true,
  async check({ name, value, repo, user, global }, { host }) {
    if (!/^[A-Za-z][\w-]*\..+$/.test(name)) return fails(`Invalid configuration option '${name}'`);
    if (!global && repo === undefined)
      return fails("Non-global git config options require the 'repo' argument to be set");
    const login = { user, identity: undefined, httpsUser: undefined, httpsPassword: undefined };
    const place = global ? ['config', '--global'] : ['-C', repo ?? '/', 'config', '--local'];
    const current = await askGit(host, [...place, '--get', name], login);
    if (current === value) return isOk(`${global ? 'Global' : 'Local'} key '${name}' is already set to '${value}'`);
    const changes = current === undefined ? { new: [value] } : { old: [current], new: [value] };
    const word = current === undefined ? 'added as' : 'changed to';
    const what = `${global ? 'Global' : 'Local'} key '${name}'`;
    return willChange({ comment: `${what} would be ${word} '${value}'`, changes }, (machine) =>
      attempt(`Failed to set ${what}`, async () => {
        await runGit(machine, [...place, '--replace-all', '--', name, value], login);
        return { comment: `${what} was ${word} '${value}'`, changes };
      }),
    );
  },
});
