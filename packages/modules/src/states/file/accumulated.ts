import { pythonStr } from '@brine/common';
import { z } from 'zod';
import { argument, defineState, fails, isOk, text } from '../../kit/index.ts';

/** `file.accumulated` */
export const accumulated = defineState({
  name: 'file.accumulated',
  summary: 'Gathers texts for a later file state, whose template or block has them.',
  args: z.object({
    name: text().describe('Name of the accumulator.'),
    filename: text().describe('The file they are for, as its state names it.'),
    text: argument('a text or a list of texts', (value) =>
      (Array.isArray(value) ? value : [value]).map((item) => pythonStr(item)),
    ).describe('A text, or a list of them.'),
  }),
  examples: [
    `web rule:
  file.accumulated:
    - filename: /etc/firewall.conf
    - text: allow 80
    - require_in:
      - file: /etc/firewall.conf`,
  ],
  acceptsUnknown: true,
  async check({ name, filename, text: texts }, { step, dependentSteps }) {
    // Nobody would wait for the text, and the file might be written without it.
    if (dependentSteps?.().some((dependent) => dependent.get('state') === 'file') === false)
      return fails(`Orphaned accumulator ${name} in ${step.sls}:${step.id}`);
    const accumulate = { filename, name, texts };
    return isOk(`Accumulator ${name} for file ${filename} was charged by text`, { accumulate });
  },
});
