import { z } from 'zod';
import { defineState, lineText } from '../../kit/index.ts';
import { checkExistence } from '../../providers/databases/postgres-object.ts';
import { postgresArguments, quoteName, quoteText } from '../../providers/databases/postgres.ts';

/** `postgres_tablespace.absent` */
export const absent = defineState({
  name: 'postgres_tablespace.absent',
  summary: 'Removes a tablespace of PostgreSQL that nothing lies in.',
  args: z.object({ name: lineText().describe('The tablespace.'), ...postgresArguments }),
  examples: [
    `fast:
  postgres_tablespace.absent: []`,
  ],
  check: async ({ name, ...server }, { host }) =>
    checkExistence({ host, server }, `SELECT 1 FROM pg_tablespace WHERE spcname = ${quoteText(name)}`, {
      isWanted: false,
      name,
      settled: `Tablespace ${name} is not present, so it cannot be removed`,
      pending: `Tablespace ${name} is set to be removed`,
      statements: [`DROP TABLESPACE ${quoteName(name)}`],
      done: `Tablespace ${name} has been removed`,
      change: 'Absent',
      failure: `Tablespace ${name} failed to be removed`,
    }),
});
