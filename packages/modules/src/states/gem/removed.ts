import { z } from 'zod';
import { defineState, fails, isOk, lineText, unsupported, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { gemArguments, isGemName, listGems, runGem } from '../../providers/packages/gems.ts';

/** `gem.removed` */
export const removed = defineState({
  name: 'gem.removed',
  summary: 'Keeps a package of Ruby away.',
  args: z.object({
    name: lineText().describe('The gem.'),
    ...gemArguments,
    ruby: unsupported('rvm and rbenv; give gem_bin'),
  }),
  examples: [
    `bundler:
  gem.removed: []`,
  ],
  async check(args, { host, signal }) {
    const { name } = args;
    if (!isGemName(name)) return fails(`The name ${name} cannot be that of a gem`);
    if (!(await listGems(host, args)).has(name)) return isOk('Gem is not installed.');
    const changes = { [name]: 'Removed' };
    return willChange({ comment: `The gem ${name} would have been removed`, changes }, (machine) =>
      attempt('Could not remove gem', async () => {
        await runGem(machine, ['uninstall', '--all', '--executables', name], { place: args, signal });
        return { comment: 'Gem was successfully removed.', changes };
      }),
    );
  },
});
