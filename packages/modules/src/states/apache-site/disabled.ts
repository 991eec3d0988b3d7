import { z } from 'zod';
import { defineState, lineText } from '../../kit/index.ts';
import { apacheSite, checkToggle } from '../../providers/apache/toggle.ts';

/** `apache_site.disabled` */
export const disabled = defineState({
  name: 'apache_site.disabled',
  summary: 'Keeps a site of Apache disabled, on Debian and Ubuntu.',
  args: z.object({ name: lineText().describe('Its name.') }),
  examples: [
    `000-default:
  apache_site.disabled: []`,
  ],
  check: ({ name }, { host }) => checkToggle(apacheSite, { name, isWanted: false }, host),
});
