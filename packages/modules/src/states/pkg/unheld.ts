import { z } from 'zod';
import { defineState, flag, optional, text, valueList, withDefault } from '../../kit/index.ts';
import { checkHold } from '../../providers/packages/check-hold.ts';

/** `pkg.unheld` */
export const unheld = defineState({
  name: 'pkg.unheld',
  summary: 'Keeps packages unheld.',
  args: z.object({
    name: text().describe('The package, unless pkgs is given.'),
    version: optional(text()).describe('Accepted for compatibility.'),
    pkgs: optional(valueList()).describe('Packages.'),
    all: withDefault(flag(), false).describe('Whether all packages are meant.'),
  }),
  examples: [
    `nginx:
  pkg.unheld: []`,
  ],
  acceptsUnknown: true,
  check: (args, context) => checkHold(args, context, false),
});
