import { isAppError } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, isOk, lineText, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { listNpm, npmArguments, runNpm } from '../../providers/packages/npm.ts';

/** `npm.removed` */
export const removed = defineState({
  name: 'npm.removed',
  summary: 'Keeps a package of Node.js away.',
  args: z.object({ name: lineText().describe('The package.'), ...npmArguments }),
  examples: [
    `pm2:
  npm.removed: []`,
  ],
  async check(args, { host, signal }) {
    const { name } = args;
    if (name.startsWith('-')) return fails(`The name ${name} cannot be that of a package`);
    try {
      if (!(await listNpm(host, args)).has(name)) return isOk(`Package '${name}' is not installed`);
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(`Error uninstalling '${name}': ${caught.message}`);
    }
    const changes = { [name]: 'Removed' };
    return willChange({ comment: `Package '${name}' is set to be removed`, changes }, (machine) =>
      attempt(`Error removing package '${name}'`, async () => {
        await runNpm(machine, ['uninstall', '--', name], { place: args, signal });
        return { comment: `Package '${name}' was successfully removed`, changes };
      }),
    );
  },
});
