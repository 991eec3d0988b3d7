import { z } from 'zod';
import { defineState, lineText } from '../../kit/index.ts';
import { checkExistence } from '../../providers/databases/postgres-object.ts';
import { postgresArguments, quoteName, quoteText } from '../../providers/databases/postgres.ts';

const { maintenance_db: _, ...schemaArguments } = postgresArguments;

/** `postgres_schema.absent` */
export const absent = defineState({
  name: 'postgres_schema.absent',
  summary: 'Removes a schema from a database of PostgreSQL; one that has anything stays.',
  args: z.object({
    name: lineText().describe('The schema.'),
    dbname: lineText().describe('The database.'),
    ...schemaArguments,
  }),
  examples: [
    `reports:
  postgres_schema.absent:
    - dbname: shop`,
  ],
  check: async ({ name, dbname, ...server }, { host }) =>
    checkExistence(
      { host, server: { ...server, maintenance_db: dbname } },
      `SELECT 1 FROM pg_namespace WHERE nspname = ${quoteText(name)}`,
      {
        isWanted: false,
        name,
        settled: `Schema ${name} is not present in database ${dbname}, so it cannot be removed`,
        pending: `Schema ${name} is set to be removed from database ${dbname}`,
        statements: [`DROP SCHEMA ${quoteName(name)}`],
        done: `Schema ${name} has been removed from database ${dbname}`,
        change: 'Absent',
        failure: `Schema ${name} failed to be removed`,
      },
    ),
});
