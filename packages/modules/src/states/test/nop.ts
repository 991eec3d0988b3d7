import { z } from 'zod';
import { defineState, isOk, text } from '../../kit/index.ts';
import { watchFired } from '../../providers/test-outcomes.ts';

/** `test.nop` */
export const nop = defineState({
  name: 'test.nop',
  summary: 'Does nothing, successfully; arguments are welcome.',
  args: z.object({ name: text().describe('Any name.') }),
  examples: [
    `anything:
  test.nop: []`,
  ],
  acceptsUnknown: true,
  check: async () => isOk('Success!'),
  onWatch: watchFired,
});
