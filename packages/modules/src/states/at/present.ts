import { z } from 'zod';
import { defineState } from '../../kit/index.ts';
import { jobArguments, planJob } from '../../providers/at/plan-job.ts';

/** `at.present` */
export const present = defineState({
  name: 'at.present',
  summary: 'Adds a job of at.',
  args: z.object(jobArguments),
  examples: [
    `rose:
  at.present:
    - job: echo I love saltstack > /tmp/love
    - timespec: 9:09 11/04/46
    - tag: love
    - unique_tag: true`,
  ],
  notIdempotent: 'each run adds a job, unless unique_tag is set',
  check: planJob,
});
