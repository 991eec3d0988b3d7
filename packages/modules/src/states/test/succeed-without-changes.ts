import { z } from 'zod';
import { defineState, isOk, text } from '../../kit/index.ts';
import { commentOf, watchFired } from '../../providers/test-outcomes.ts';

/** `test.succeed_without_changes` */
export const succeedWithoutChanges = defineState({
  name: 'test.succeed_without_changes',
  summary: 'Succeeds without changes.',
  args: z.object({ name: text().describe('Any name.') }),
  examples: [
    `anything:
  test.succeed_without_changes: []`,
  ],
  acceptsUnknown: true,
  check: async (_, context) => isOk(commentOf(context, 'Success!')),
  onWatch: watchFired,
});
