import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  isOk,
  lineText,
  optional,
  willChange,
  withDefault,
  secret,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { askMatchingConfig, configPlace } from '../../providers/git/git-config.ts';
import { runGit } from '../../providers/git/git-command.ts';

/** `git.config_unset` */
export const configUnset = defineState({
  name: 'git.config_unset',
  summary: 'Keeps options of git unset.',
  args: z.object({
    name: lineText().describe('The option, e.g. http.proxy, or a regular expression for the whole names of several.'),
    value_regex: optional(lineText()).describe('Which values go; all of them unless given.'),
    repo: optional(lineText()).describe('The repository; not needed with global.'),
    user: optional(lineText()).describe('Account git runs as.'),
    global: withDefault(flag(), false).describe('Whether the option of the account is meant.'),
    all: withDefault(flag(), false).describe('Whether several values of an option go.'),
    password: secret(optional(lineText())).describe('Accepted for compatibility, on Windows only.'),
    output_encoding: optional(lineText()).describe('Accepted for compatibility; output is UTF-8.'),
  }),
  examples: [
    `http.proxy:
  git.config_unset:
    - global: true`,
  ],
  async check({ name, value_regex: pattern, repo, user, global, all }, { host }) {
    const place = configPlace({ repo, user, global });
    if (place === undefined) return fails("Non-global config options require the 'repo' argument to be set");
    const key = `^${name.replace(/^\^+/, '').replace(/\$+$/, '')}$`;
    const matches = await askMatchingConfig(host, place, { key, value: pattern });
    if (matches.size === 0) return isOk(`No matching keys are set`);
    const several = [...matches].filter(([, values]) => values.length > 1);
    if (several.length > 0 && !all) {
      const list = several.map(([one, values]) => `${one} (${values.join(', ')})`).join('; ');
      return fails(
        pattern === undefined
          ? `Multivar(s) matched by the key expression (set 'all' to True to force removal): ${list}`
          : `Multiple values are matched by value_regex for the following keys (set 'all' to True to force removal): ${list}`,
      );
    }
    const changes = Object.fromEntries(matches);
    return willChange({ comment: `${matches.size} key(s) would have value(s) unset`, changes }, (machine) =>
      attempt(`Failed to unset '${name}'`, async () => {
        const values = pattern === undefined ? [] : [pattern];
        for (const one of matches.keys())
          await runGit(machine, [...place.words, '--unset-all', '--', one, ...values], place.login);
        return { comment: 'Value(s) successfully unset', changes };
      }),
    );
  },
});
