import { z } from 'zod';
import { defineState, fails, isOk, lineText, willChange } from '../../kit/index.ts';
import { readAlternatives, refuseAlternative } from '../../providers/alternatives/alternatives.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';

/** `alternatives.set` */
export const set = defineState({
  name: 'alternatives.set',
  summary: 'Keeps a path chosen among the alternatives of a name.',
  args: z.object({
    name: lineText().describe('Name of the alternatives, e.g. editor.'),
    path: lineText().describe('The path.'),
  }),
  examples: [
    `editor:
  alternatives.set:
    - path: /usr/bin/vim.basic`,
  ],
  async check({ name, path }, { host }) {
    const refusal = refuseAlternative(name);
    if (refusal !== undefined) return fails(refusal);
    const group = await readAlternatives(host, name);
    if (group?.value === path) return isOk(`Alternative for ${name} already set to ${path}`);
    const changes = { path };
    return willChange({ comment: `Alternative for ${name} will be set to path ${path}`, changes }, (machine) =>
      attempt(`Alternative for ${name} not updated`, async () => {
        const now = await readAlternatives(machine, name);
        if (now?.choices.has(path) !== true)
          return { comment: `Alternative ${path} for ${name} doesn't exist`, changes: {}, failed: true };
        await runTool(machine, ['update-alternatives', '--set', name, path]);
        return { comment: `Alternative for ${name} set to path ${path}`, changes };
      }),
    );
  },
});
