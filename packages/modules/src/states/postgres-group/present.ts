import { z } from 'zod';
import { defineState, flag, lineText, optional } from '../../kit/index.ts';
import { checkRole, roleArguments } from '../../providers/databases/postgres-role.ts';

/** `postgres_group.present` */
export const present = defineState({
  name: 'postgres_group.present',
  summary: 'Keeps a role of PostgreSQL that others are members of.',
  args: z.object({
    name: lineText().describe('The role.'),
    ...roleArguments,
    login: optional(flag()).describe('Whether it may log in; a new group may not unless told otherwise.'),
  }),
  examples: [
    `staff:
  postgres_group.present:
    - createdb: true`,
  ],
  check: (args, { host }) =>
    checkRole({ ...args, default_password: undefined, valid_until: undefined }, { title: 'Group' }, host),
});
