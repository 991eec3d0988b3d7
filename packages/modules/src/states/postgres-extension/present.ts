import type { CheckOutcome } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, flag, isOk, lineText, optional, withDefault, type Host } from '../../kit/index.ts';
import { changePostgres, lookPostgres, noteUnreached } from '../../providers/databases/postgres-object.ts';
import { postgresArguments, quoteName, quoteText, type PostgresServer } from '../../providers/databases/postgres.ts';

/** `postgres_extension.present` */
export const present = defineState({
  name: 'postgres_extension.present',
  summary: 'Keeps an extension in a database of PostgreSQL.',
  args: z.object({
    name: lineText().describe('The extension.'),
    if_not_exists: withDefault(flag(), true).describe('Whether one that was made in between is fine.'),
    schema: optional(lineText()).describe('The schema its objects are in.'),
    ext_version: optional(lineText()).describe('Its version.'),
    from_version: optional(lineText()).describe('Version of loose objects that it takes over.'),
    ...postgresArguments,
  }),
  examples: [
    `pg_trgm:
  postgres_extension.present:
    - maintenance_db: shop`,
  ],
  async check(args, { host }) {
    const sql = `SELECT e.extversion, n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = ${quoteText(args.name)}`;
    const look = await lookPostgres(host, args, sql);
    if (typeof look === 'string') return fails(look);
    const [row] = look.rows;
    return row === undefined ? noteUnreached(install(args), look) : upgrade(args, row);
  },
});

interface Wish extends PostgresServer {
  readonly name: string;
  readonly if_not_exists: boolean;
  readonly schema: string | undefined;
  readonly ext_version: string | undefined;
  readonly from_version: string | undefined;
}

function install(wish: Wish): CheckOutcome<Host> {
  const { name, schema } = wish;
  const words = [
    `CREATE EXTENSION ${wish.if_not_exists ? 'IF NOT EXISTS ' : ''}${quoteName(name)}`,
    ...(schema === undefined ? [] : [`SCHEMA ${quoteName(schema)}`]),
    ...(wish.ext_version === undefined ? [] : [`VERSION ${quoteName(wish.ext_version)}`]),
    ...(wish.from_version === undefined ? [] : [`FROM ${quoteName(wish.from_version)}`]),
  ];
  return changePostgres(wish, {
    name,
    pending: `Extension ${name} is set to be installed`,
    statements: [words.join(' ')],
    done: `The extension ${name} has been installed`,
    change: 'Installed',
    failure: `Failed to install extension ${name}`,
  });
}

function upgrade(wish: Wish, [version, place]: readonly string[]): CheckOutcome<Host> {
  const { name, schema, ext_version: wanted } = wish;
  const alter = `ALTER EXTENSION ${quoteName(name)}`;
  const statements = [
    ...(schema === undefined || schema === place ? [] : [`${alter} SET SCHEMA ${quoteName(schema)}`]),
    ...(wanted === undefined || wanted === version ? [] : [`${alter} UPDATE TO ${quoteName(wanted)}`]),
  ];
  if (statements.length === 0) return isOk(`Extension ${name} is already present`);
  return changePostgres(wish, {
    name,
    pending: `Extension ${name} is set to be upgraded`,
    statements,
    done: `The extension ${name} has been upgraded`,
    change: 'Upgraded',
    failure: `Failed to upgrade extension ${name}`,
  });
}
