import { z } from 'zod';
import { defineState, flag, lineText, optional, secret } from '../../kit/index.ts';
import { checkRole, roleArguments } from '../../providers/databases/postgres-role.ts';

/** `postgres_user.present` */
export const present = defineState({
  name: 'postgres_user.present',
  summary: 'Keeps a role of PostgreSQL that people and programs log in with.',
  args: z.object({
    name: lineText().describe('The role.'),
    ...roleArguments,
    login: optional(flag()).describe('Whether it may log in; a new role may unless told otherwise.'),
    default_password: secret(optional(lineText())).describe('The password of a role that is made; left alone later.'),
    valid_until: optional(lineText()).describe('When its password ends, as a date and time, or infinity.'),
  }),
  examples: [
    `app:
  postgres_user.present:
    - password: change me
    - createdb: false`,
  ],
  check: (args, { host }) => checkRole(args, { title: 'User' }, host),
});
