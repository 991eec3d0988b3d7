import { z } from 'zod';
import { defineState, flag, optional, text, valueList, withDefault } from '../../kit/index.ts';
import { checkRemoved } from '../../providers/packages/check-removed.ts';

/** `pkg.removed` */
export const removed = defineState({
  name: 'pkg.removed',
  summary: 'Keeps packages away; their configuration stays.',
  args: z.object({
    name: text().describe('The package, unless pkgs is given.'),
    version: optional(text()).describe('The version that must not be there.'),
    pkgs: optional(valueList()).describe('Packages, by name or as {name: version}.'),
    normalize: withDefault(flag(), true).describe('Accepted for compatibility; names are taken as they are.'),
    ignore_epoch: optional(flag()).describe('Accepted for compatibility.'),
  }),
  examples: [
    `telnet:
  pkg.removed: []`,
  ],
  acceptsUnknown: true,
  check: (args, context) => checkRemoved(args, context, false),
});
