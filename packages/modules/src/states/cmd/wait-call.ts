import { z } from 'zod';
import { anyValue, defineState, fails, optional, text } from '../../kit/index.ts';

/** `cmd.wait_call` */
export const waitCall = defineState({
  name: 'cmd.wait_call',
  summary: 'Refused: it calls a function of Python. Use module.run, or cmd.wait.',
  args: z.object({
    name: text().describe('What is to be done.'),
    func: optional(anyValue()).describe('Accepted for Salt: there is no Python to call it.'),
  }),
  examples: [
    `do it:
  cmd.wait_call: []`,
  ],
  acceptsUnknown: true,
  check: async () =>
    fails(
      'cmd.wait_call calls a function of Python, and there is no Python here. Call an execution function with module.run, or a program with cmd.run and onchanges.',
    ),
});
