import { z } from 'zod';
import { defineState, lineText } from '../../kit/index.ts';
import { checkNoRole } from '../../providers/databases/postgres-role.ts';
import { postgresArguments } from '../../providers/databases/postgres.ts';

/** `postgres_group.absent` */
export const absent = defineState({
  name: 'postgres_group.absent',
  summary: 'Keeps a role of PostgreSQL away.',
  args: z.object({ name: lineText().describe('The role.'), ...postgresArguments }),
  examples: [
    `leaver:
  postgres_group.absent: []`,
  ],
  check: (args, { host }) => checkNoRole(args, { title: 'Group' }, host),
});
