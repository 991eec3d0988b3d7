import { z } from 'zod';
import { defineState, isOk, lineText, willChange, withDefault } from '../../kit/index.ts';
import { attemptCrontab } from '../../providers/cron/attempt-crontab.ts';
import { loadCrontab, storeCrontab } from '../../providers/cron/crontab-file.ts';

/** `cron.env_absent` */
export const envAbsent = defineState({
  name: 'cron.env_absent',
  summary: 'Keeps a variable out of the crontab of an account.',
  args: z.object({
    name: lineText().describe('The variable.'),
    user: withDefault(lineText(), 'root').describe('The account.'),
  }),
  examples: [
    `MAILTO:
  cron.env_absent: []`,
  ],
  async check({ name, user }, { host }) {
    const crontab = await loadCrontab(host, user);
    if (!crontab.variables.has(name))
      return { ...isOk(`Cron env ${name} already absent`), foretoldComment: `Cron env ${name} is absent` };
    const changes = { [user]: name };
    return willChange({ comment: `Cron env ${name} is set to be removed`, changes }, (machine) =>
      attemptCrontab(`Cron env ${name} for user ${user} failed to commit with error `, async () => {
        const variables = new Map([...crontab.variables].filter(([one]) => one !== name));
        await storeCrontab(machine, user, { ...crontab, variables });
        return { comment: `Cron env ${name} removed from ${user}'s crontab`, changes };
      }),
    );
  },
});
