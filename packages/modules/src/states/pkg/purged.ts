import { z } from 'zod';
import { defineState, flag, optional, text, valueList, withDefault } from '../../kit/index.ts';
import { checkRemoved } from '../../providers/packages/check-removed.ts';

/** `pkg.purged` */
export const purged = defineState({
  name: 'pkg.purged',
  summary: 'Keeps packages away, with their configuration.',
  args: z.object({
    name: text().describe('The package, unless pkgs is given.'),
    version: optional(text()).describe('The version that must not be there.'),
    pkgs: optional(valueList()).describe('Packages, by name or as {name: version}.'),
    normalize: withDefault(flag(), true).describe('Accepted for compatibility; names are taken as they are.'),
    ignore_epoch: optional(flag()).describe('Accepted for compatibility.'),
  }),
  examples: [
    `telnet:
  pkg.purged: []`,
  ],
  acceptsUnknown: true,
  check: (args, context) => checkRemoved(args, context, true),
});
