import { z } from 'zod';
import { defineState, lineText } from '../../kit/index.ts';
import { checkExistence } from '../../providers/databases/postgres-object.ts';
import { postgresArguments, quoteName, quoteText } from '../../providers/databases/postgres.ts';

const { maintenance_db: _, ...languageArguments } = postgresArguments;

/** `postgres_language.absent` */
export const absent = defineState({
  name: 'postgres_language.absent',
  summary: 'Keeps a procedural language out of a database of PostgreSQL.',
  args: z.object({
    name: lineText().describe('The language.'),
    maintenance_db: lineText().describe('The database.'),
    ...languageArguments,
  }),
  examples: [
    `plperl:
  postgres_language.absent:
    - maintenance_db: shop`,
  ],
  check: ({ name, ...server }, { host }) =>
    checkExistence({ host, server }, `SELECT 1 FROM pg_language WHERE lanname = ${quoteText(name)}`, {
      isWanted: false,
      name,
      settled: `Language ${name} is not present so it cannot be removed`,
      pending: `Language ${name} is set to be removed`,
      statements: [`DROP LANGUAGE ${quoteName(name)}`],
      done: `Language ${name} has been removed`,
      change: 'Absent',
      failure: `Failed to remove language ${name}`,
    }),
});
