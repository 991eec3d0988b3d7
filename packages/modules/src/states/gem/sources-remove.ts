import { z } from 'zod';
import { defineState, isOk, operand, unsupported, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { orFailure } from '../../providers/or-failure.ts';
import { gemArguments, listGemSources, runGem } from '../../providers/packages/gems.ts';

/** `gem.sources_remove` */
export const sourcesRemove = defineState({
  name: 'gem.sources_remove',
  summary: 'Keeps gems from coming from a place.',
  args: z.object({
    name: operand().describe('Its URL.'),
    ...gemArguments,
    ruby: unsupported('rvm and rbenv; give gem_bin'),
  }),
  examples: [
    `https://rubygems.org/:
  gem.sources_remove: []`,
  ],
  check: (args, { host, signal }) =>
    orFailure(async () => {
      const { name } = args;
      if (!(await listGemSources(host, args)).includes(name)) return isOk('Gem source is already removed.');
      const changes = { [name]: 'Removed' };
      return willChange({ comment: 'The gem source would have been removed.', changes }, (machine) =>
        attempt('Could not remove gem source.', async () => {
          await runGem(machine, ['sources', '--remove', name], { place: args, signal });
          return { comment: 'Gem source was successfully removed.', changes };
        }),
      );
    }),
});
