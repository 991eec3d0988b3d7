import { z } from 'zod';
import { defineState, text, willChange } from '../../kit/index.ts';
import { commentOf, pretendedChange, watchFired } from '../../providers/test-outcomes.ts';

/** `test.fail_with_changes` */
export const failWithChanges = defineState({
  name: 'test.fail_with_changes',
  summary: 'Fails and pretends to have changed something.',
  args: z.object({ name: text().describe('Any name.') }),
  examples: [
    `anything:
  test.fail_with_changes: []`,
  ],
  acceptsUnknown: true,
  notIdempotent: 'it pretends a change each time, which is what it is for',
  async check(_, context) {
    const pending = { comment: "If we weren't testing, this would be failed with changes", changes: pretendedChange };
    return willChange(pending, async () => {
      return { comment: commentOf(context, 'Failure!'), changes: pretendedChange, failed: true };
    });
  },
  onWatch: watchFired,
});
