import { z } from 'zod';
import { defineState, fails, isOk, lineText, willChange } from '../../kit/index.ts';
import { readAlternatives, refuseAlternative } from '../../providers/alternatives/alternatives.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';

/** `alternatives.auto` */
export const auto = defineState({
  name: 'alternatives.auto',
  summary: 'Keeps the alternatives of a name chosen by priority.',
  args: z.object({ name: lineText().describe('Name of the alternatives, e.g. editor.') }),
  examples: [
    `editor:
  alternatives.auto: []`,
  ],
  async check({ name }, { host }) {
    const refusal = refuseAlternative(name);
    if (refusal !== undefined) return fails(refusal);
    const group = await readAlternatives(host, name);
    if (group === undefined) return fails(`Alternative for ${name} doesn't exist`);
    if (!group.isManual) return isOk(`${name} already in auto mode`);
    return willChange({ comment: `${name} will be put in auto mode`, changes: { result: name } }, (machine) =>
      attempt(`${name} could not be put in auto mode`, async () => {
        await runTool(machine, ['update-alternatives', '--auto', name]);
        return { comment: `${name} is in auto mode`, changes: { result: name } };
      }),
    );
  },
});
