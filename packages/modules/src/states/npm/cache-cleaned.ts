import { z } from 'zod';
import { defineState, flag, isOk, optional, operand, lineText, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { orFailure } from '../../providers/or-failure.ts';
import { listNpmCache, runNpm } from '../../providers/packages/npm.ts';

/** `npm.cache_cleaned` */
export const cacheCleaned = defineState({
  name: 'npm.cache_cleaned',
  summary: 'Keeps the cache of npm empty, or free of one package.',
  args: z.object({
    name: optional(operand()).describe('The package; the whole cache unless given.'),
    user: optional(lineText()).describe('Account whose cache is meant.'),
    force: withDefault(flag(), false).describe('Cleaning is always forced: npm does nothing without.'),
  }),
  examples: [
    `left-pad:
  npm.cache_cleaned: []`,
  ],
  check: ({ name, user }, { host, signal }) =>
    orFailure(async () => {
      const place = { dir: undefined, user, env: undefined };
      const keys = await listNpmCache(host, place, name);
      const what = name ?? 'packages';
      if (keys.length === 0)
        return isOk(name === undefined ? 'The cache is empty' : `Package ${name} is not in the cache`);
      const changes = { [name ?? 'cache']: 'Removed' };
      return willChange({ comment: `Cached ${what} set to be removed`, changes }, (machine) =>
        attempt(`Error cleaning cached ${what}`, async () => {
          for (const key of name === undefined ? [undefined] : keys) {
            const words = key === undefined ? ['--force'] : ['--force', '--', key];
            await runNpm(machine, ['cache', 'clean', ...words], { place, signal });
          }
          return { comment: `Cached ${what} successfully removed`, changes };
        }),
      );
    }),
});
