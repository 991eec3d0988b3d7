import { z } from 'zod';
import { defineState } from '../../kit/index.ts';
import { sambaAccountArguments } from '../../providers/samba/account-arguments.ts';
import { sambaLogin } from '../../providers/samba/accounts.ts';
import { checkManaged } from '../../providers/samba/check-managed.ts';

/** `pdbedit.managed` */
export const managed = defineState({
  name: 'pdbedit.managed',
  summary: "Keeps an account of Samba's password database.",
  args: z.object({ name: sambaLogin().describe('Name of the account.'), ...sambaAccountArguments }),
  examples: [
    `kaylee:
  pdbedit.managed:
    - password: A70C708517B5DD0EDB67714FE25336EB
    - password_hashed: true
    - drive: 'X:'
    - account_control: NX`,
  ],
  check: ({ name, ...wish }, context) => checkManaged(name, wish, context),
});
