import { z } from 'zod';
import { defineState, text, willChange } from '../../kit/index.ts';
import { commentOf, pretendedChange, watchFired } from '../../providers/test-outcomes.ts';

/** `test.succeed_with_changes` */
export const succeedWithChanges = defineState({
  name: 'test.succeed_with_changes',
  summary: 'Succeeds and pretends to have changed something.',
  args: z.object({ name: text().describe('Any name.') }),
  examples: [
    `anything:
  test.succeed_with_changes: []`,
  ],
  acceptsUnknown: true,
  notIdempotent: 'it pretends a change each time, which is what it is for',
  async check(_, context) {
    const pending = {
      comment: "If we weren't testing, this would be successful with changes",
      changes: pretendedChange,
    };
    return willChange(pending, async () => ({ comment: commentOf(context, 'Success!'), changes: pretendedChange }));
  },
  onWatch: watchFired,
});
