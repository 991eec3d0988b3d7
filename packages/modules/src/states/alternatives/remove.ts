import { z } from 'zod';
import { defineState, fails, isOk, lineText, willChange } from '../../kit/index.ts';
import { readAlternatives, refuseAlternative } from '../../providers/alternatives/alternatives.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';

/** `alternatives.remove` */
export const remove = defineState({
  name: 'alternatives.remove',
  summary: 'Keeps a path from the alternatives of a name.',
  args: z.object({
    name: lineText().describe('Name of the alternatives, e.g. editor.'),
    path: lineText().describe('The path.'),
  }),
  examples: [
    `editor:
  alternatives.remove:
    - path: /bin/ed`,
  ],
  async check({ name, path }, { host }) {
    const refusal = refuseAlternative(name);
    if (refusal !== undefined) return fails(refusal);
    const group = await readAlternatives(host, name);
    if (group === undefined) return isOk(`Alternative for ${name} doesn't exist`);
    if (!group.choices.has(path)) return isOk(`Alternative for ${name} is set to it's default path ${group.value}`);
    return willChange({ comment: `Alternative for ${name} will be removed`, changes: { path } }, (machine) =>
      attempt(`Alternative for ${name} not removed`, async () => {
        await runTool(machine, ['update-alternatives', '--remove', name, path]);
        const left = await readAlternatives(machine, name);
        const comment =
          left === undefined
            ? `Alternative for ${name} removed`
            : `Alternative for ${name} removed. Falling back to path ${left.value}`;
        return { comment, changes: { path: left?.value ?? path } };
      }),
    );
  },
});
