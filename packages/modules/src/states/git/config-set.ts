import { pythonStr } from '@brine/common';
import { z } from 'zod';
import {
  argument,
  defineState,
  fails,
  flag,
  isOk,
  lineText,
  optional,
  text,
  willChange,
  withDefault,
  secret,
  type ReadHost,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { askConfig, configPlace } from '../../providers/git/git-config.ts';
import { runGit } from '../../providers/git/git-command.ts';

const severalValues = argument<readonly string[]>('a list of values, or one text with commas', (value) =>
  Array.isArray(value) ? value.map((one) => pythonStr(one)) : pythonStr(value).split(','),
);

/** `git.config_set` */
export const configSet = defineState({
  name: 'git.config_set',
  summary: 'Keeps an option of git at a value, or at several values in their order.',
  args: z.object({
    name: lineText().describe('The option, e.g. user.email.'),
    value: optional(text()).describe('Its value.'),
    multivar: optional(severalValues).describe('Its values, instead of value.'),
    repo: optional(lineText()).describe('The repository; not needed with global.'),
    user: optional(lineText()).describe('Account git runs as.'),
    global: withDefault(flag(), false).describe('Whether the option of the account is meant.'),
    password: secret(optional(lineText())).describe('Accepted for compatibility, on Windows only.'),
    output_encoding: optional(lineText()).describe('Accepted for compatibility; output is UTF-8.'),
  }),
  examples: [
    `user.name:
  git.config_set:
    - value: Deploy Bot
    - global: true`,
  ],
  async check({ name, value, multivar, repo, user, global }, { host }) {
    const wanted = wantedValues(value, multivar);
    if (typeof wanted === 'string') return fails(wanted);
    const place = configPlace({ repo, user, global });
    if (place === undefined) return fails("Non-global config options require the 'repo' argument to be set");
    const refusal = await refuse(name, global ? undefined : repo, host);
    if (refusal !== undefined) return fails(refusal);
    const current = await askConfig(host, place, name);
    const what = `${global ? 'Global key ' : ''}'${name}'`;
    const shown = value === undefined ? pythonStr([...wanted]) : `'${value}'`;
    if (current?.join('\n') === wanted.join('\n')) return isOk(`${what} is already set to ${shown}`);
    const changes = { [name]: { old: current ?? null, new: wanted } };
    const word = current === undefined ? 'added as' : 'set to';
    return willChange({ comment: `${what} would be ${word} ${shown}`, changes }, (machine) =>
      attempt(`Failed to set ${what.replace('Global', 'global')} to ${shown}`, async () => {
        const set = (how: string, one: string): Promise<string> =>
          runGit(machine, [...place.words, how, '--', name, one], place.login);
        await set('--replace-all', wanted[0] ?? '');
        for (const one of wanted.slice(1)) await set('--add', one);
        return { comment: `${what} was ${word} ${shown}`, changes };
      }),
    );
  },
});

async function refuse(name: string, repo: string | undefined, host: ReadHost): Promise<string | undefined> {
  const repository = repo === undefined ? undefined : await host.files.stat(repo, { follow: true });
  if (repository !== undefined && repository.kind !== 'directory') return `'${repo}' is not a git repository`;
  return /^[A-Za-z][\w-]*\..+$/.test(name) ? undefined : `Invalid configuration option '${name}'`;
}

function wantedValues(value: string | undefined, several: readonly string[] | undefined): readonly string[] | string {
  if (value !== undefined && several !== undefined) return "Only one of 'value' and 'multivar' is permitted";
  const wanted = several ?? (value === undefined ? [] : [value]);
  return wanted.length === 0 ? "One of 'value' and 'multivar' is required" : wanted;
}
