import { z } from 'zod';
import { defineState, isOk, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { listSambaLogins, sambaLogin } from '../../providers/samba/accounts.ts';
import { removeAccount } from '../../providers/samba/change-account.ts';

/** `pdbedit.absent` */
export const absent = defineState({
  name: 'pdbedit.absent',
  summary: "Removes an account of Samba's password database.",
  args: z.object({ name: sambaLogin().describe('Name of the account.') }),
  examples: [
    `wash:
  pdbedit.absent: []`,
  ],
  async check({ name }, { host }) {
    if (!(await listSambaLogins(host)).includes(name)) return isOk(`account ${name} is absent`);
    const changes = { [name]: 'deleted' };
    return willChange({ comment: `account ${name} is set to be deleted`, changes }, (machine) =>
      attempt('', async () => {
        await removeAccount(machine, name);
        return { comment: '', changes };
      }),
    );
  },
});
