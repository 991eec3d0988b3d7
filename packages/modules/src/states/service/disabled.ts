import { z } from 'zod';
import { defineState, lineText } from '../../kit/index.ts';
import { checkBoot } from '../../providers/services/boot-state.ts';

/** `service.disabled` */
export const disabled = defineState({
  name: 'service.disabled',
  summary: 'Keeps a service from starting at boot, whether or not it runs.',
  args: z.object({ name: lineText().describe('Name of the service.') }),
  examples: [
    `cron:
  service.disabled: []`,
  ],
  acceptsUnknown: true,
  check: ({ name }, { host }) => checkBoot(host, name, false),
});
