import { z } from 'zod';
import { defineState, text } from '../../kit/index.ts';
import { checkFunctions } from '../../providers/modules/run-functions.ts';

/** `module.run` */
export const run = defineState({
  name: 'module.run',
  summary: 'Calls execution functions.',
  args: z.object({ name: text().describe('The function, in the old form; any name in the new one.') }),
  examples: [
    `reload units:
  module.run:
    - test.echo:
      - text: hello`,
  ],
  acceptsUnknown: true,
  notIdempotent: 'only the function knows whether it has something to do; onlyif and unless tell',
  check: checkFunctions,
  onWatch: checkFunctions,
});
