import { z } from 'zod';
import { defineState, lineText } from '../../kit/index.ts';
import { apacheConf, checkToggle } from '../../providers/apache/toggle.ts';

/** `apache_conf.disabled` */
export const disabled = defineState({
  name: 'apache_conf.disabled',
  summary: 'Keeps a configuration file of Apache disabled, on Debian and Ubuntu.',
  args: z.object({ name: lineText().describe('Its name.') }),
  examples: [
    `security:
  apache_conf.disabled: []`,
  ],
  check: ({ name }, { host }) => checkToggle(apacheConf, { name, isWanted: false }, host),
});
