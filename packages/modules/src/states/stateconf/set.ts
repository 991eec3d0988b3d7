import { z } from 'zod';
import { defineState, isOk, text } from '../../kit/index.ts';

/** `stateconf.set` */
export const set = defineState({
  name: 'stateconf.set',
  summary: 'Does nothing: it only has values that other parts of a file read.',
  args: z.object({ name: text().describe('Its name.') }),
  examples: [
    `defaults:
  stateconf.set: []`,
  ],
  acceptsUnknown: true,
  check: async () => isOk(''),
});
