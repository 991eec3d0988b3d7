import { z } from 'zod';
import { defineState, lineText } from '../../kit/index.ts';
import { checkBoot } from '../../providers/services/boot-state.ts';

/** `service.enabled` */
export const enabled = defineState({
  name: 'service.enabled',
  summary: 'Keeps a service starting at boot, whether or not it runs.',
  args: z.object({ name: lineText().describe('Name of the service.') }),
  examples: [
    `cron:
  service.enabled: []`,
  ],
  acceptsUnknown: true,
  check: ({ name }, { host }) => checkBoot(host, name, true),
});
