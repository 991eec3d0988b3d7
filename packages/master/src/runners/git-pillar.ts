import { AppError } from '@brine/common';
import { optional, text } from '@brine/modules/kit';
import { updateGitRemotes } from '@brine/sls';
import { z } from 'zod';
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
    const updated = await updateGitRemotes(
      options,
      async (fun, positional, keyword) =>
        (await localCalls.run({ fun, positional, keyword, withPillar: false, user: caller.user })).value,
      {
        ...{ branch, repo },
        onFailure: (remote, error) => logger.error('a git remote cannot be fetched', { remote, error }),
      },
    );
    if (updated.size > 0) return new Map(updated);
    const message =
      branch === undefined && repo === undefined
        ? 'No git_pillar remotes are configured'
        : 'Specified git branch/repo not found in ext_pillar config';
    throw new AppError({ code: 'runner-failed', message });
  },
});
