import { z } from 'zod';
import { defineState, isOk, text } from '../../kit/index.ts';
import { checkFunctions } from '../../providers/modules/run-functions.ts';

/** `module.wait` */
export const wait = defineState({
  name: 'module.wait',
  summary: 'Calls an execution function when something it watches changes.',
  args: z.object({ name: text().describe('The function.') }),
  examples: [
    `test.ping:
  module.wait:
    - watch:
      - file: /etc/app.conf`,
  ],
  acceptsUnknown: true,
  check: async () => isOk(''),
  onWatch: checkFunctions,
});
