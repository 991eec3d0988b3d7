import type { Plain } from '@brine/common';
import { z } from 'zod';
import {
  absolutePath,
  defineState,
  fails,
  flag,
  isOk,
  optional,
  text,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { migrate, planMigration, type Migration } from '../../providers/repositories/migrate-repos.ts';

/** `pkgrepo.migrated` */
export const migrated = defineState({
  name: 'pkgrepo.migrated',
  summary: 'Brings the repositories of this machine and their keys into another root, on zypper.',
  args: z.object({
    name: absolutePath().describe('The other root, e.g. /mnt.'),
    keys: withDefault(flag(), true).describe('Whether the keys that rpm has go along.'),
    drop: withDefault(flag(), false).describe('Whether what this machine does not have is removed there.'),
    method: optional(text()).describe('salt (as without) writes each repository; copy takes the files over.'),
  }),
  examples: [
    `/mnt:
  pkgrepo.migrated:
    - drop: true`,
  ],
  acceptsUnknown: true,
  async check({ name: root, keys, drop, method }, { host, grains }) {
    if (grains.get('os_family') !== 'Suse') return fails('Migration not supported for this platform');
    if (keys && (await host.which('rpm')) === undefined) return fails('Keys cannot be migrated for this platform');
    if (method !== undefined && method !== 'salt' && method !== 'copy') return fails('Migration method not supported');
    const wish = { root, keys, drop };
    const plan = await planMigration(host, wish);
    if (isDone(plan)) return isOk('Repositories are already migrated');
    const comment = 'There are keys or repositories to migrate or drop';
    const foretold = tell(plan, ['to migrate', 'to drop']);
    return willChange({ comment, changes: foretold }, (machine) =>
      attempt('Migration of repositories failed', async () => {
        await migrate(machine, plan, { root, copies: method === 'copy' });
        const changes = tell(plan, ['migrated', 'dropped']);
        if (isDone(await planMigration(machine, wish))) return { comment: 'Repositories synchronized', changes };
        return { comment: 'Migration of repositories failed', changes: {}, failed: true };
      }),
    );
  },
});

function isDone({ repos, surplusRepos, keys, surplusKeys }: Migration): boolean {
  return [repos, surplusRepos, keys, surplusKeys].every((list) => list.length === 0);
}

function tell(plan: Migration, [brought, dropped]: readonly [string, string]): Record<string, Plain> {
  return {
    [`repos ${brought}`]: plan.repos.map(({ id }) => id),
    [`repos ${dropped}`]: plan.surplusRepos.map(({ id }) => id),
    [`keys ${brought}`]: plan.keys,
    [`keys ${dropped}`]: plan.surplusKeys,
  };
}
