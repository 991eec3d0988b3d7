import { z } from 'zod';
import { defineState, isOk } from '../../kit/index.ts';
import { eventArguments, willSend } from '../../providers/events/send-event.ts';

/** `event.wait` */
export const wait = defineState({
  name: 'event.wait',
  summary: 'Sends an event to the master when something it watches changes.',
  args: z.object(eventArguments),
  examples: [
    `myco/restarted:
  event.wait:
    - watch:
      - file: /etc/app.conf`,
  ],
  acceptsUnknown: true,
  check: async () => isOk(''),
  onWatch: willSend,
});
