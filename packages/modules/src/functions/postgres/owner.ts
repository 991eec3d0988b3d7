import { z } from 'zod';
import { lineText } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { quoteName } from '../../providers/databases/postgres.ts';
import { execute, queryRows, serverArguments, type ServerGiven } from './server.ts';

const { user, host, port, password, runas } = serverArguments;
const notOfServer = "NOT IN ('pg_catalog', 'information_schema')";

/** What there is in a database: how its owner is changed, and the query that names it, quoted. */
const parts: readonly (readonly [string, string])[] = [
  ['SCHEMA', 'SELECT quote_ident(schema_name) AS n FROM information_schema.schemata'],
  [
    'TABLE',
    `SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS n FROM information_schema.tables WHERE table_schema ${notOfServer}`,
  ],
  [
    'ROUTINE',
    `SELECT p.oid::regprocedure::text AS n FROM pg_proc p JOIN pg_namespace s ON p.pronamespace = s.oid WHERE s.nspname ${notOfServer}`,
  ],
  [
    'SEQUENCE',
    `SELECT quote_ident(sequence_schema) || '.' || quote_ident(sequence_name) AS n FROM information_schema.sequences WHERE sequence_schema ${notOfServer}`,
  ],
];

export const ownerTo = defineFunction({
  name: 'postgres.owner_to',
  summary: 'Gives a database and all there is in it another owner, in one transaction; answers whether that went well.',
  args: z.object({
    dbname: lineText().describe('The database.'),
    ownername: lineText().describe('Its new owner.'),
    ...{ user, host, port, password, runas },
  }),
  examples: ["'*' postgres.owner_to 'dbname' 'username'"],
  run: ({ dbname, ownername, ...given }, context) => giveAway(context, given, dbname, ownername),
});

/** Gives a database and all there is in it another owner; answers whether that went well. */
export async function giveAway(
  context: FunctionContext,
  given: Omit<ServerGiven, 'maintenance_db'>,
  dbname: string,
  ownername: string,
): Promise<boolean> {
  const server = { ...given, maintenance_db: dbname };
  const owner = quoteName(ownername);
  const statements = [`ALTER DATABASE ${quoteName(dbname)} OWNER TO ${owner}`];
  for (const [kind, query] of parts) {
    const rows = await queryRows(context, server, query);
    statements.push(...rows.map(({ n = '' }) => `ALTER ${kind} ${n} OWNER TO ${owner}`));
  }
  return execute(context, server, ['BEGIN', ...statements, 'COMMIT'].join(';\n'));
}
