import { z } from 'zod';
import { defineState, lineText } from '../../kit/index.ts';
import { checkExistence } from '../../providers/databases/postgres-object.ts';
import { postgresArguments, quoteName, quoteText } from '../../providers/databases/postgres.ts';

const { maintenance_db: _, ...languageArguments } = postgresArguments;

/** `postgres_language.present` */
export const present = defineState({
  name: 'postgres_language.present',
  summary: 'Keeps a procedural language in a database of PostgreSQL.',
  args: z.object({
    name: lineText().describe('The language.'),
    maintenance_db: lineText().describe('The database.'),
    ...languageArguments,
  }),
  examples: [
    `plperl:
  postgres_language.present:
    - maintenance_db: shop`,
  ],
  check: ({ name, ...server }, { host }) =>
    checkExistence({ host, server }, `SELECT 1 FROM pg_language WHERE lanname = ${quoteText(name)}`, {
      isWanted: true,
      name,
      settled: `Language ${name} is already installed`,
      pending: `Language ${name} is set to be installed`,
      statements: [`CREATE LANGUAGE ${quoteName(name)}`],
      done: `Language ${name} has been installed`,
      change: 'Present',
      failure: `Failed to install language ${name}`,
    }),
});
