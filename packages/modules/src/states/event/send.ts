import { z } from 'zod';
import { defineState } from '../../kit/index.ts';
import { eventArguments, willSend } from '../../providers/events/send-event.ts';

/** `event.send` */
export const send = defineState({
  name: 'event.send',
  summary: 'Sends an event to the master.',
  args: z.object(eventArguments),
  examples: [
    `myco/deployed:
  event.send:
    - data:
        version: 1.2`,
  ],
  acceptsUnknown: true,
  notIdempotent: 'sending the event is all it does',
  check: willSend,
  onWatch: willSend,
});
