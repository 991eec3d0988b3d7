import { z } from 'zod';
import { defineState, fails, text } from '../../kit/index.ts';
import { commentOf, watchFired } from '../../providers/test-outcomes.ts';

/** `test.fail_without_changes` */
export const failWithoutChanges = defineState({
  name: 'test.fail_without_changes',
  summary: 'Fails without changes.',
  args: z.object({ name: text().describe('Any name.') }),
  examples: [
    `anything:
  test.fail_without_changes: []`,
  ],
  acceptsUnknown: true,
  check: async (_, context) => ({
    ...fails(commentOf(context, 'Failure!')),
    foretoldComment: "If we weren't testing, this would be a failure!",
  }),
  onWatch: watchFired,
});
