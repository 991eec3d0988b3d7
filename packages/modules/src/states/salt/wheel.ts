import { z } from 'zod';
import { defineState } from '../../kit/index.ts';
import { checkMasterCall, masterCallArguments } from '../../providers/orchestration/call-master.ts';

/** `salt.wheel` */
export const wheel = defineState({
  name: 'salt.wheel',
  summary: 'Runs a wheel function on the master.',
  args: z.object(masterCallArguments),
  examples: [
    `let web7 in:
  salt.wheel:
    - name: key.accept
    - kwarg:
        match: web7`,
  ],
  acceptsUnknown: true,
  notIdempotent: 'running the function is all it does',
  check: checkMasterCall('wheel'),
});
