import { z } from 'zod';
import { defineState, fails, isOk, lineText, willChange, withDefault } from '../../kit/index.ts';
import { attemptCrontab } from '../../providers/cron/attempt-crontab.ts';
import { loadCrontab, storeCrontab } from '../../providers/cron/crontab-file.ts';
import { hasValue, putVariable } from '../../providers/cron/crontab.ts';

/** `cron.env_present` */
export const envPresent = defineState({
  name: 'cron.env_present',
  summary: 'Keeps a variable in the crontab of an account.',
  args: z.object({
    name: lineText().describe('The variable.'),
    value: withDefault(lineText(), '').describe('Its value.'),
    user: withDefault(lineText(), 'root').describe('The account.'),
  }),
  examples: [
    `MAILTO:
  cron.env_present:
    - value: root@example.org`,
  ],
  async check({ name, value, user }, { host }) {
    if (!/^[A-Za-z_]\w*$/.test(name)) return fails(`The name ${name} cannot be that of a variable`);
    const crontab = await loadCrontab(host, user);
    if (hasValue(crontab, name, value)) return isOk(`Cron env ${name} already present`);
    const changes = { [user]: name };
    const isNew = !crontab.variables.has(name);
    const verb = isNew ? 'added' : 'updated';
    return willChange({ comment: `Cron env ${name} is set to be ${verb}`, changes }, (machine) =>
      attemptCrontab(`Cron env ${name} for user ${user} failed to commit with error \n`, async () => {
        await storeCrontab(machine, user, putVariable(crontab, name, value));
        return {
          comment: isNew ? `Cron env ${name} added to ${user}'s crontab` : `Cron env ${name} updated`,
          changes,
        };
      }),
    );
  },
});
