import { z } from 'zod';
import { defineState, lineText } from '../../kit/index.ts';
import { apacheSite, checkToggle } from '../../providers/apache/toggle.ts';

/** `apache_site.enabled` */
export const enabled = defineState({
  name: 'apache_site.enabled',
  summary: 'Keeps a site of Apache enabled, on Debian and Ubuntu.',
  args: z.object({ name: lineText().describe('Its name.') }),
  examples: [
    `000-default:
  apache_site.enabled: []`,
  ],
  check: ({ name }, { host }) => checkToggle(apacheSite, { name, isWanted: true }, host),
});
