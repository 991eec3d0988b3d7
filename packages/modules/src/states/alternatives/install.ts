import { z } from 'zod';
import { defineState, fails, integer, isOk, operand, willChange } from '../../kit/index.ts';
import { readAlternatives, refuseAlternative } from '../../providers/alternatives/alternatives.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';

/** `alternatives.install` */
export const install = defineState({
  name: 'alternatives.install',
  summary: 'Keeps a path among the alternatives of a name.',
  args: z.object({
    name: operand().describe('Name of the alternatives, e.g. editor.'),
    link: operand().describe('The link that leads to them, e.g. /usr/bin/editor.'),
    path: operand().describe('The path.'),
    priority: integer().describe('Its priority; the highest is chosen in automatic mode.'),
  }),
  examples: [
    `editor:
  alternatives.install:
    - link: /usr/bin/editor
    - path: /usr/bin/vim.basic
    - priority: 60`,
  ],
  async check({ name, link, path, priority }, { host }) {
    const refusal = refuseAlternative(name);
    if (refusal !== undefined) return fails(refusal);
    const group = await readAlternatives(host, name);
    if (group?.choices.get(path) === priority) return isOk(`Alternative ${path} for ${name} is already registered`);
    const changes = { name, link, path, priority };
    return willChange(
      { comment: `Alternative will be set for ${name} to ${path} with priority ${priority}`, changes },
      (machine) =>
        attempt(`Alternative for ${name} not installed`, async () => {
          await runTool(machine, ['update-alternatives', '--install', link, name, path, String(priority)]);
          return { comment: `Alternative for ${name} set to path ${path} with priority ${priority}`, changes };
        }),
    );
  },
});
