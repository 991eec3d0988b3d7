import { z } from 'zod';
import { defineState, isOk, text } from '../../kit/index.ts';

/** `stateconf.context` */
export const context = defineState({
  name: 'stateconf.context',
  summary: 'Does nothing: it only has values that other parts of a file read.',
  args: z.object({ name: text().describe('Its name.') }),
  examples: [
    `defaults:
  stateconf.context: []`,
  ],
  acceptsUnknown: true,
  check: async () => isOk(''),
});
