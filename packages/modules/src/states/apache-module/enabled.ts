import { z } from 'zod';
import { defineState, lineText } from '../../kit/index.ts';
import { apacheModule, checkToggle } from '../../providers/apache/toggle.ts';

/** `apache_module.enabled` */
export const enabled = defineState({
  name: 'apache_module.enabled',
  summary: 'Keeps a module of Apache enabled, on Debian and Ubuntu.',
  args: z.object({ name: lineText().describe('Its name.') }),
  examples: [
    `rewrite:
  apache_module.enabled: []`,
  ],
  check: ({ name }, { host }) => checkToggle(apacheModule, { name, isWanted: true }, host),
});
