import { z } from 'zod';
import { defineState, flag, lineText, withDefault } from '../../kit/index.ts';
import { checkMask } from '../../providers/services/mask-state.ts';

/** `service.masked` */
export const masked = defineState({
  name: 'service.masked',
  summary: 'Keeps a service masked, on systemd.',
  args: z.object({
    name: lineText().describe('Name of the service.'),
    runtime: withDefault(flag(), false).describe('Whether the mask that lasts until the next boot is meant.'),
  }),
  examples: [
    `cups:
  service.masked: []`,
  ],
  check: (args, { host }) => checkMask(host, args, true),
});
