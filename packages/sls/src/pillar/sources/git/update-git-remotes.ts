import { isDict, matchGlob, type Dict, type Value } from '@brine/common';
import type { TemplatePorts } from '../../../template-thread/template-engine.ts';
import { openConfiguredTrees } from './open-configured-trees.ts';
import { readGitRemotes, type GitRemote } from './read-git-remotes.ts';

/** Which remotes are fetched; all unless given. */
export interface GitUpdate {
  readonly branch?: string | undefined;
  /** A URL, or a name. */
  readonly repo?: string | undefined;
  /** Told of each remote that could not be fetched. */
  readonly onFailure: (remote: string, error: unknown) => void;
}

/**
 * Fetches the remotes of the `git` sources in `ext_pillar`: `true` for something new, `null` for nothing new, `false` for a
 * failure, as `git_pillar.update` of Salt; by `BRANCH URL`. Throws `pillar-external` when the configuration is faulty.
 */
export async function updateGitRemotes(
  options: Dict,
  call: TemplatePorts['call'],
  { branch, repo, onFailure }: GitUpdate,
): Promise<ReadonlyMap<string, boolean | null>> {
  const trees = openConfiguredTrees(options, call);
  const isMeant = (remote: GitRemote): boolean =>
    (branch === undefined || branch === remote.branch) &&
    (repo === undefined || repo === remote.url || repo === remote.name);
  const updated = new Map<string, boolean | null>();
  for (const remote of gitSources(options).flatMap((configuration) => readGitRemotes(configuration, options))) {
    if (!isMeant(remote)) continue;
    const isNew = await trees.fetch(remote).catch((error: unknown) => {
      onFailure(remote.id, error);
      return undefined;
    });
    updated.set(remote.id, isNew === undefined ? false : isNew || null);
  }
  return updated;
}

/** What {@link clearGitLocks} did. */
export interface ClearedGitLocks {
  readonly cleared: readonly string[];
  readonly errors: readonly string[];
}

/** Removes locks that a git which was killed left in the copies of remotes; of those whose URL matches a glob. */
export async function clearGitLocks(
  options: Dict,
  call: TemplatePorts['call'],
  glob: string,
): Promise<ClearedGitLocks> {
  const trees = openConfiguredTrees(options, call);
  const cleared: string[] = [];
  const errors: string[] = [];
  for (const remote of gitSources(options).flatMap((configuration) => readGitRemotes(configuration, options))) {
    if (!matchGlob(glob, remote.url)) continue;
    try {
      for (const path of await trees.clearLocks(remote)) cleared.push(`Removed lock ${path} of remote '${remote.id}'`);
    } catch {
      errors.push(`Remote '${remote.id}' is being fetched`);
    }
  }
  return { cleared, errors };
}

function gitSources(options: Dict): readonly Value[] {
  const sources = options.get('ext_pillar');
  return (Array.isArray(sources) ? sources : []).flatMap((source) => {
    const configuration = isDict(source) ? source.get('git') : undefined;
    return configuration === undefined ? [] : [configuration];
  });
}
