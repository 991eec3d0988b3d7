import { z } from 'zod';
import { defineState, flag, optional, text, valueList, withDefault } from '../../kit/index.ts';
import { checkHold } from '../../providers/packages/check-hold.ts';

/** `pkg.held` */
export const held = defineState({
  name: 'pkg.held',
  summary: 'Keeps packages held.',
  args: z.object({
    name: text().describe('The package, unless pkgs is given.'),
    version: optional(text()).describe('Accepted for compatibility.'),
    pkgs: optional(valueList()).describe('Packages.'),
    replace: withDefault(flag(), false).describe('Whether packages that are not named are released.'),
  }),
  examples: [
    `nginx:
  pkg.held: []`,
  ],
  acceptsUnknown: true,
  check: (args, context) => checkHold(args, context, true),
});
