import { z } from 'zod';
import { defineState, isOk, operand, unsupported, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { orFailure } from '../../providers/or-failure.ts';
import { gemArguments, listGemSources, runGem } from '../../providers/packages/gems.ts';

/** `gem.sources_add` */
export const sourcesAdd = defineState({
  name: 'gem.sources_add',
  summary: 'Keeps a place that gems come from.',
  args: z.object({
    name: operand().describe('Its URL.'),
    ...gemArguments,
    ruby: unsupported('rvm and rbenv; give gem_bin'),
  }),
  examples: [
    `https://gems.example.org/:
  gem.sources_add: []`,
  ],
  check: (args, { host, signal }) =>
    orFailure(async () => {
      const { name } = args;
      if ((await listGemSources(host, args)).includes(name)) return isOk('Gem source is already added.');
      const changes = { [name]: 'Installed' };
      return willChange({ comment: `The gem source ${name} would have been added.`, changes }, (machine) =>
        attempt('Could not add gem source.', async () => {
          await runGem(machine, ['sources', '--add', name], { place: args, signal, input: 'y\n' });
          return { comment: 'Gem source was successfully added.', changes };
        }),
      );
    }),
});
