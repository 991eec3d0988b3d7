import { AppError } from '@brine/common';
import type { Caller } from '@brine/api';
import { oneOf, optional, text, withDefault } from '@brine/modules/kit';
import { clearGitLocks, updateGitRemotes } from '@brine/sls';
import { z } from 'zod';
import type { LocalCalls } from '../local-calls/local-calls.ts';
import { defineRunner } from './define-runner.ts';

/** `git_pillar.update` */
export const updateGitPillar = defineRunner({
  name: 'git_pillar.update',
  summary:
    'Fetches the remotes of `git` sources in `ext_pillar`: true for something new, null for nothing new, false for a failure.',
  args: z.object({
    branch: optional(text()).describe('Only remotes with this branch.'),
    repo: optional(text()).describe('Only the remote with this address or name.'),
  }),
  examples: ['git_pillar.update', 'git_pillar.update branch=master repo=https://example.org/pillar.git'],
  async run({ branch, repo }, { options, localCalls, caller, logger }) {
    const updated = await updateGitRemotes(options, callsOn(localCalls, caller), {
      ...{ branch, repo },
      onFailure: (remote, error) => logger.error('a git remote cannot be fetched', { remote, error }),
    });
    if (updated.size > 0) return new Map(updated);
    const message =
      branch === undefined && repo === undefined
        ? 'No git_pillar remotes are configured'
        : 'Specified git branch/repo not found in ext_pillar config';
    throw new AppError({ code: 'runner-failed', message });
  },
});

/** `cache.clear_git_lock` */
export const clearGitLock = defineRunner({
  name: 'cache.clear_git_lock',
  summary: 'Removes locks that a git which was killed left in the copies of the remotes of `ext_pillar`.',
  args: z.object({
    role: oneOf('git_pillar').describe('Which remotes: `gitfs` and `winrepo` do not exist.'),
    remote: withDefault(text(), '*').describe('Only remotes whose address matches this glob.'),
    type: withDefault(oneOf('update', 'checkout'), 'update').describe('Makes no difference: they are one lock.'),
  }),
  examples: ['cache.clear_git_lock git_pillar', "cache.clear_git_lock git_pillar remote='*example.org*'"],
  async run({ remote }, { options, localCalls, caller }) {
    const { cleared, errors } = await clearGitLocks(options, callsOn(localCalls, caller), remote);
    if (cleared.length + errors.length === 0) return 'No locks were removed';
    return { ...(cleared.length > 0 ? { cleared } : {}), ...(errors.length > 0 ? { errors } : {}) };
  },
});

function callsOn(localCalls: LocalCalls, { user }: Caller): Parameters<typeof updateGitRemotes>[1] {
  return async (fun, positional, keyword) =>
    (await localCalls.run({ fun, positional, keyword, withPillar: false, user })).value;
}
