import { z } from 'zod';
import { defineState } from '../../kit/index.ts';
import { checkPrivileges, privilegeArguments } from '../../providers/databases/postgres-privileges.ts';

/** `postgres_privileges.absent` */
export const absent = defineState({
  name: 'postgres_privileges.absent',
  summary: 'Takes rights of a role on what a database of PostgreSQL has.',
  args: z.object(privilegeArguments),
  examples: [
    `readers do not write orders:
  postgres_privileges.absent:
    - name: readers
    - object_name: orders
    - object_type: table
    - privileges: [INSERT, UPDATE]
    - maintenance_db: shop`,
  ],
  check: (args, { host }) => checkPrivileges(args, false, host),
});
