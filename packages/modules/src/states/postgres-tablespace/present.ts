import { pythonStr, type CheckOutcome, type Dict } from '@brine/common';
import { z } from 'zod';
import { defineState, dictOrList, fails, isOk, lineText, optional, type Host } from '../../kit/index.ts';
import { changePostgres, lookPostgres, noteUnreached } from '../../providers/databases/postgres-object.ts';
import { postgresArguments, quoteName, quoteText, type PostgresServer } from '../../providers/databases/postgres.ts';

/** `postgres_tablespace.present` */
export const present = defineState({
  name: 'postgres_tablespace.present',
  summary: 'Keeps a tablespace of PostgreSQL: a folder in which databases may lie.',
  args: z.object({
    name: lineText().describe('The tablespace.'),
    directory: lineText().describe('Its folder, which has to be there, be empty and belong to the server.'),
    options: optional(dictOrList()).describe('Its options, e.g. seq_page_cost.'),
    owner: optional(lineText()).describe('The role it belongs to.'),
    ...postgresArguments,
  }),
  examples: [
    `fast:
  postgres_tablespace.present:
    - directory: /srv/ssd/postgresql
    - owner: shop`,
  ],
  async check(args, { host }) {
    const sql = `SELECT r.rolname, pg_tablespace_location(t.oid), array_to_string(t.spcoptions, ',') FROM pg_tablespace t JOIN pg_roles r ON r.oid = t.spcowner WHERE t.spcname = ${quoteText(args.name)}`;
    const look = await lookPostgres(host, args, sql);
    if (typeof look === 'string') return fails(look);
    const options = Array.from(args.options ?? (new Map() as Dict), ([key, value]) => {
      return { key: pythonStr(key), value: pythonStr(value) };
    });
    const odd = options.find(({ key }) => !/^\w+$/.test(key));
    if (odd !== undefined) return fails(`${odd.key} cannot be an option of a tablespace`);
    const [row] = look.rows;
    return row === undefined ? noteUnreached(create(args, options), look) : compare(args, options, row);
  },
});

interface Wish extends PostgresServer {
  readonly name: string;
  readonly directory: string;
  readonly owner: string | undefined;
}

type Options = readonly { readonly key: string; readonly value: string }[];

function create(wish: Wish, options: Options): CheckOutcome<Host> {
  const { name, owner, directory } = wish;
  const words = [
    `CREATE TABLESPACE ${quoteName(name)}`,
    ...(owner === undefined ? [] : [`OWNER ${quoteName(owner)}`]),
    `LOCATION ${quoteText(directory)}`,
    ...(options.length === 0 ? [] : [`WITH (${options.map(setting).join(', ')})`]),
  ];
  return changePostgres(wish, {
    name,
    pending: `Tablespace ${name} is set to be created`,
    statements: [words.join(' ')],
    done: `The tablespace ${name} has been created`,
    change: 'Present',
    failure: `Failed to create tablespace ${name}`,
  });
}

function setting({ key, value }: Options[number]): string {
  return `${key} = ${quoteText(value)}`;
}

function compare(wish: Wish, options: Options, row: readonly string[]): CheckOutcome<Host> {
  const { name, owner, directory } = wish;
  const [currentOwner, location, current = ''] = row;
  if (location !== directory)
    return fails(
      `Tablespace ${name} is not at the right location. This is unfixable without dropping and recreating the tablespace.`,
    );
  const set = options.filter(({ key, value }) => !current.split(',').includes(`${key}=${value}`));
  const changesOwner = owner !== undefined && owner !== currentOwner;
  if (!changesOwner && set.length === 0) return isOk(`Tablespace ${name} is already present`);
  const alter = `ALTER TABLESPACE ${quoteName(name)}`;
  return changePostgres(wish, {
    name,
    pending: changesOwner ? `Tablespace ${name} owner to be altered` : `Tablespace ${name} options to be altered`,
    statements: [
      ...(changesOwner ? [`${alter} OWNER TO ${quoteName(owner)}`] : []),
      ...(set.length === 0 ? [] : [`${alter} SET (${set.map(setting).join(', ')})`]),
    ],
    done: set.length === 0 ? `Tablespace ${name} owner changed` : `Tablespace ${name} opts changed`,
    change: {
      ...(changesOwner ? { owner } : {}),
      ...(set.length === 0 ? {} : { options: Object.fromEntries(set.map(({ key, value }) => [key, value])) }),
    },
    failure: `Failed to change tablespace ${name}`,
  });
}
