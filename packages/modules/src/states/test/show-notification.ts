import { z } from 'zod';
import { defineState, isOk, text } from '../../kit/index.ts';
import { watchFired } from '../../providers/test-outcomes.ts';

/** `test.show_notification` */
export const showNotification = defineState({
  name: 'test.show_notification',
  summary: 'Shows a text in the result of a run.',
  args: z.object({ name: text().describe('Any name.'), text: text().describe('What to show.') }),
  examples: [
    `maintenance:
  test.show_notification:
    - text: Maintenance begins at six`,
  ],
  acceptsUnknown: true,
  check: async (args) => isOk(args.text),
  onWatch: watchFired,
});
