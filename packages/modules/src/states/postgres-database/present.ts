import type { CheckOutcome } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  isOk,
  lineText,
  optional,
  willChange,
  withDefault,
  type Host,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { lookPostgres, noteUnreached } from '../../providers/databases/postgres-object.ts';
import {
  postgresArguments,
  quoteName,
  quoteText,
  runPostgres,
  type PostgresServer,
} from '../../providers/databases/postgres.ts';

interface Request extends PostgresServer {
  readonly name: string;
  readonly tablespace: string | undefined;
  readonly encoding: string | undefined;
  readonly lc_collate: string | undefined;
  readonly lc_ctype: string | undefined;
  readonly owner: string | undefined;
  readonly owner_recurse: boolean;
  readonly template: string | undefined;
}

/** `postgres_database.present` */
export const present = defineState({
  name: 'postgres_database.present',
  summary: 'Keeps a database of PostgreSQL with its owner.',
  args: z.object({
    name: lineText().describe('The database.'),
    tablespace: optional(lineText()).describe('Where its files lie.'),
    encoding: optional(lineText()).describe('Encoding of its texts, e.g. UTF8; cannot change later.'),
    lc_collate: optional(lineText()).describe('Order of its texts; cannot change later.'),
    lc_ctype: optional(lineText()).describe('Kinds of its letters; cannot change later.'),
    owner: optional(lineText()).describe('The role it belongs to.'),
    owner_recurse: withDefault(flag(), false).describe('Whether what the old owner had in it changes hands too.'),
    template: optional(lineText()).describe('The database it is copied from when it is made.'),
    ...postgresArguments,
  }),
  examples: [
    `app:
  postgres_database.present:
    - owner: app
    - encoding: UTF8`,
  ],
  async check(args, { host }) {
    const sql = `SELECT r.rolname, pg_encoding_to_char(d.encoding), d.datcollate, d.datctype, t.spcname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE d.datname = ${quoteText(args.name)}`;
    const look = await lookPostgres(host, args, sql);
    if (typeof look === 'string') return fails(look);
    const [row] = look.rows;
    return row === undefined ? noteUnreached(create(args), look) : compare(args, row);
  },
});

function create(request: Request): CheckOutcome<Host> {
  const { name } = request;
  const option = (word: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [`${word} = ${value}`];
  const text = (value: string | undefined): string | undefined => (value === undefined ? undefined : quoteText(value));
  const ident = (value: string | undefined): string | undefined => (value === undefined ? undefined : quoteName(value));
  const words = [
    ...option('OWNER', ident(request.owner)),
    ...option('TEMPLATE', ident(request.template)),
    ...option('ENCODING', text(request.encoding)),
    ...option('LC_COLLATE', text(request.lc_collate)),
    ...option('LC_CTYPE', text(request.lc_ctype)),
    ...option('TABLESPACE', ident(request.tablespace)),
  ];
  const changes = { [name]: 'Present' };
  return willChange({ comment: `Database ${name} is set to be created`, changes }, (machine) =>
    attempt(`Failed to create database ${name}`, async () => {
      await runPostgres(machine, request, ['CREATE DATABASE', quoteName(name), ...words].join(' '));
      return { comment: `The database ${name} has been created`, changes };
    }),
  );
}

function compare(request: Request, row: readonly string[]): CheckOutcome<Host> {
  const { name, owner, tablespace } = request;
  const [currentOwner = '', , , , currentSpace] = row;
  if (!keepsFixed(request, row))
    return fails(`Database ${name} has wrong parameters which couldn't be changed on fly.`);
  const changesOwner = owner !== undefined && owner !== currentOwner;
  const changesSpace = tablespace !== undefined && tablespace !== currentSpace;
  if (!changesOwner && !changesSpace) return isOk(`Database ${name} is already present`);
  const changes = { [name]: 'Parameters changed' };
  return willChange({ comment: `Database ${name} exists, but parameters need to be changed`, changes }, (machine) =>
    attempt(`Failed to change parameters for database ${name}`, async () => {
      const alter = `ALTER DATABASE ${quoteName(name)}`;
      if (changesSpace) await runPostgres(machine, request, `${alter} SET TABLESPACE ${quoteName(tablespace)}`);
      if (changesOwner) await runPostgres(machine, request, `${alter} OWNER TO ${quoteName(owner)}`);
      if (changesOwner && request.owner_recurse)
        await runPostgres(
          machine,
          { ...request, maintenance_db: name },
          `REASSIGN OWNED BY ${quoteName(currentOwner)} TO ${quoteName(owner)}`,
        );
      return { comment: `Parameters for database ${name} have been changed`, changes };
    }),
  );
}

// A server never changes these of a database that is there.
function keepsFixed({ encoding, lc_collate, lc_ctype }: Request, row: readonly string[]): boolean {
  const bare = (word: string): string => word.toLowerCase().replace(/[-_]/g, '');
  const [, current = '', collate, ctype] = row;
  if (encoding !== undefined && bare(encoding) !== bare(current)) return false;
  return (lc_collate ?? collate) === collate && (lc_ctype ?? ctype) === ctype;
}
