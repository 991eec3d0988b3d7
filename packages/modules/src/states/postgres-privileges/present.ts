import { z } from 'zod';
import { defineState } from '../../kit/index.ts';
import {
  checkPrivileges,
  grantOptionArgument,
  privilegeArguments,
} from '../../providers/databases/postgres-privileges.ts';

/** `postgres_privileges.present` */
export const present = defineState({
  name: 'postgres_privileges.present',
  summary: 'Keeps rights of a role on what a database of PostgreSQL has.',
  args: z.object({ ...privilegeArguments, grant_option: grantOptionArgument }),
  examples: [
    `readers see orders:
  postgres_privileges.present:
    - name: readers
    - object_name: orders
    - object_type: table
    - privileges: [SELECT]
    - maintenance_db: shop`,
  ],
  check: (args, { host }) => checkPrivileges(args, true, host),
});
