import { z } from 'zod';
import { defineState, isOk } from '../../kit/index.ts';
import { jobArguments, planJob } from '../../providers/at/plan-job.ts';

/** `at.watch` */
export const watch = defineState({
  name: 'at.watch',
  summary: 'Adds a job of at when a step that it watches changed something.',
  args: z.object(jobArguments),
  examples: [
    `minion_restart:
  at.watch:
    - job: salt-call --local service.restart salt-minion
    - timespec: now + 1 minute
    - watch:
      - file: /etc/salt/minion`,
  ],
  check: () => Promise.resolve(isOk('')),
  onWatch: planJob,
});
