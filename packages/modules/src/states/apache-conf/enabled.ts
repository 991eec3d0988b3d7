import { z } from 'zod';
import { defineState, lineText } from '../../kit/index.ts';
import { apacheConf, checkToggle } from '../../providers/apache/toggle.ts';

/** `apache_conf.enabled` */
export const enabled = defineState({
  name: 'apache_conf.enabled',
  summary: 'Keeps a configuration file of Apache enabled, on Debian and Ubuntu.',
  args: z.object({ name: lineText().describe('Its name.') }),
  examples: [
    `security:
  apache_conf.enabled: []`,
  ],
  check: ({ name }, { host }) => checkToggle(apacheConf, { name, isWanted: true }, host),
});
