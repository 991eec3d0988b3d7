import { z } from 'zod';
import { defineState, flag, lineText, withDefault } from '../../kit/index.ts';
import { checkExistence } from '../../providers/databases/postgres-object.ts';
import { postgresArguments, quoteName, quoteText } from '../../providers/databases/postgres.ts';

/** `postgres_extension.absent` */
export const absent = defineState({
  name: 'postgres_extension.absent',
  summary: 'Removes an extension from a database of PostgreSQL.',
  args: z.object({
    name: lineText().describe('The extension.'),
    if_exists: withDefault(flag(), true).describe('Whether one that went in between is fine.'),
    restrict: withDefault(flag(), false).describe('Whether it stays when anything needs it; so it is unless cascade.'),
    cascade: withDefault(flag(), false).describe('Whether what needs it is removed too.'),
    ...postgresArguments,
  }),
  examples: [
    `pg_trgm:
  postgres_extension.absent:
    - maintenance_db: shop`,
  ],
  check: async ({ name, if_exists: ifExists, restrict, cascade, ...server }, { host }) =>
    checkExistence({ host, server }, `SELECT 1 FROM pg_extension WHERE extname = ${quoteText(name)}`, {
      isWanted: false,
      name,
      settled: `Extension ${name} is not present, so it cannot be removed`,
      pending: `Extension ${name} is set to be removed`,
      statements: [
        `DROP EXTENSION ${ifExists ? 'IF EXISTS ' : ''}${quoteName(name)}${cascade && !restrict ? ' CASCADE' : ' RESTRICT'}`,
      ],
      done: `Extension ${name} has been removed`,
      change: 'Absent',
      failure: `Extension ${name} failed to be removed`,
    }),
});
