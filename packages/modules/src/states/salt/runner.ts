import { z } from 'zod';
import { defineState } from '../../kit/index.ts';
import { checkMasterCall, masterCallArguments } from '../../providers/orchestration/call-master.ts';

/** `salt.runner` */
export const runner = defineState({
  name: 'salt.runner',
  summary: 'Runs a runner on the master.',
  args: z.object(masterCallArguments),
  examples: [
    `who is up:
  salt.runner:
    - name: manage.up`,
  ],
  acceptsUnknown: true,
  notIdempotent: 'running the runner is all it does',
  check: checkMasterCall('runner'),
});
