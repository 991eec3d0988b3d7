import type { ReadHost } from '../../kit/index.ts';
import { askGit, gitRequest, type GitIdentity } from './git-command.ts';

/** Whose options are meant: the words git is called with, and as whom. */
export interface ConfigPlace {
  readonly words: readonly string[];
  readonly login: GitIdentity;
}

/** The options of an account, or of a repository; `undefined` when neither is named. */
export function configPlace(asked: {
  readonly repo: string | undefined;
  readonly user: string | undefined;
  readonly global: boolean;
}): ConfigPlace | undefined {
  const { repo, user, global } = asked;
  const login = { user, identity: undefined };
  if (global) return { words: ['config', '--global'], login };
  return repo === undefined || repo === '' ? undefined : { words: ['-C', repo, 'config', '--local'], login };
}

/** All values of an option; `undefined` when it is not set. */
export async function askConfig(
  host: ReadHost,
  { words, login }: ConfigPlace,
  key: string,
): Promise<readonly string[] | undefined> {
  return (await askGit(host, [...words, '--get-all', key], login))?.split('\n');
}

/** The options whose names and values match regular expressions, with those values. */
export async function askMatchingConfig(
  host: ReadHost,
  { words, login }: ConfigPlace,
  wanted: { readonly key: string; readonly value: string | undefined },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const patterns = [wanted.key, ...(wanted.value === undefined ? [] : [wanted.value])];
  const result = await host.inspect(gitRequest(login, [...words, '--null', '--get-regexp', '--', ...patterns]));
  const matches = new Map<string, string[]>();
  for (const entry of result.exitCode === 0 ? result.stdout.split('\0') : []) {
    const [key = '', ...value] = entry.split('\n');
    if (key !== '') matches.set(key, [...(matches.get(key) ?? []), value.join('\n')]);
  }
  return matches;
}
