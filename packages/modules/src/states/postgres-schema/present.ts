import { z } from 'zod';
import { defineState, lineText, optional } from '../../kit/index.ts';
import { checkExistence } from '../../providers/databases/postgres-object.ts';
import { postgresArguments, quoteName, quoteText } from '../../providers/databases/postgres.ts';

const { maintenance_db: _, ...schemaArguments } = postgresArguments;

/** `postgres_schema.present` */
export const present = defineState({
  name: 'postgres_schema.present',
  summary: 'Keeps a schema in a database of PostgreSQL.',
  args: z.object({
    name: lineText().describe('The schema.'),
    dbname: lineText().describe('The database.'),
    owner: optional(lineText()).describe('The role a new schema belongs to.'),
    ...schemaArguments,
  }),
  examples: [
    `reports:
  postgres_schema.present:
    - dbname: shop
    - owner: shop`,
  ],
  check: async ({ name, dbname, owner, ...server }, { host }) =>
    checkExistence(
      { host, server: { ...server, maintenance_db: dbname } },
      `SELECT 1 FROM pg_namespace WHERE nspname = ${quoteText(name)}`,
      {
        isWanted: true,
        name,
        settled: `Schema ${name} already exists in database ${dbname}`,
        pending: `Schema ${name} is set to be created in database ${dbname}.`,
        statements: [
          `CREATE SCHEMA ${quoteName(name)}${owner === undefined ? '' : ` AUTHORIZATION ${quoteName(owner)}`}`,
        ],
        done: `Schema ${name} has been created in database ${dbname}`,
        change: 'Present',
        failure: `Failed to create schema ${name} in database ${dbname}`,
      },
    ),
});
