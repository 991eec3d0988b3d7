import { AppError } from '@brine/common';
import { optional, text, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import { defineWheel } from './define-wheel.ts';

/** `minions.connected` */
export const connected = defineWheel({
  name: 'minions.connected',
  summary: 'The minions that are connected now.',
  args: z.object({}),
  example: '{"fun": "minions.connected"}',
  run: (_args, { directory }) => [...directory.connected].toSorted(),
});

/** `error.error` */
export const raiseError = defineWheel({
  name: 'error.error',
  summary: 'Fails with a message, to try how a client takes it; without a name it answers an empty mapping.',
  args: z.object({
    name: optional(text()).describe('The kind of error.'),
    message: withDefault(text(), '').describe('Its message.'),
  }),
  example: '{"fun": "error.error", "name": "Exception", "message": "a try"}',
  run({ name, message }) {
    if (name === undefined) return {};
    throw new AppError({ code: 'wheel-failed', message: `${name}: ${message}` });
  },
});
