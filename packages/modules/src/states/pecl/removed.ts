import { z } from 'zod';
import { defineState, fails, isOk, lineText, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { isPeclName, readPecl } from '../../providers/packages/pecl.ts';

/** `pecl.removed` */
export const removed = defineState({
  name: 'pecl.removed',
  summary: 'Keeps an extension of PHP away.',
  args: z.object({ name: lineText().describe('The extension.') }),
  examples: [
    `apcu:
  pecl.removed: []`,
  ],
  async check({ name }, { host }) {
    if (!isPeclName(name)) return fails(`The name ${name} cannot be that of an extension`);
    if (!(await readPecl(host)).has(name)) return isOk(`Pecl extension ${name} is not installed.`);
    const changes = { [name]: 'Removed' };
    return willChange({ comment: `Pecl extension ${name} would have been removed`, changes }, (machine) =>
      attempt(`Could not remove pecl extension ${name}.`, async () => {
        await runTool(machine, ['pecl', 'uninstall', name]);
        return { comment: `Pecl extension ${name} was successfully removed.`, changes };
      }),
    );
  },
});
