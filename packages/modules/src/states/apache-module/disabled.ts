import { z } from 'zod';
import { defineState, lineText } from '../../kit/index.ts';
import { apacheModule, checkToggle } from '../../providers/apache/toggle.ts';

/** `apache_module.disabled` */
export const disabled = defineState({
  name: 'apache_module.disabled',
  summary: 'Keeps a module of Apache disabled, on Debian and Ubuntu.',
  args: z.object({ name: lineText().describe('Its name.') }),
  examples: [
    `rewrite:
  apache_module.disabled: []`,
  ],
  check: ({ name }, { host }) => checkToggle(apacheModule, { name, isWanted: false }, host),
});
