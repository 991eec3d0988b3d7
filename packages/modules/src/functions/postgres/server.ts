import { isAppError, type Plain } from '@brine/common';
import { flag, integer, lineText, optional, withDefault } from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { copyPostgres, runPostgres, type PostgresServer } from '../../providers/databases/postgres.ts';

/** The arguments by which functions reach a server, in Salt's order. */
export const serverArguments = {
  user: optional(lineText()).describe('Role to connect as.'),
  host: optional(lineText()).describe('Host of the server; the local socket unless given.'),
  port: optional(integer()).describe('Port of the server.'),
  maintenance_db: optional(lineText()).describe('Database to connect to; postgres unless given.'),
  password: secret(optional(lineText())).describe('Password of the role.'),
  runas: optional(lineText()).describe('Account psql runs as; postgres for a server of this machine.'),
};

/** What of {@link serverArguments} a call was given. */
export interface ServerGiven {
  readonly user: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly maintenance_db?: string | undefined;
  readonly password: string | undefined;
  readonly runas: string | undefined;
}

/** A role's flags, for functions that make and change roles. */
export const roleFlags = {
  createdb: optional(flag()).describe('Whether it may make databases.'),
  createroles: optional(flag()).describe('Whether it may make roles.'),
  encrypted: withDefault(flag(), true).describe('Accepted for Salt: servers store no plain passwords.'),
  superuser: optional(flag()).describe('Whether it may do everything.'),
  inherit: optional(flag()).describe('Whether it has the privileges of its groups.'),
  login: optional(flag()).describe('Whether it may log in.'),
  replication: optional(flag()).describe('Whether it may replicate.'),
  connlimit: optional(integer()).describe('How many connections it may have.'),
  rolepassword: secret(optional(lineText())).describe('Its password, or the hash of it.'),
  valid_until: optional(lineText()).describe('When its password ends.'),
};

function toServer(given: ServerGiven): PostgresServer {
  return {
    user: given.runas,
    maintenance_db: given.maintenance_db,
    db_user: given.user,
    db_password: given.password,
    db_host: given.host,
    db_port: given.port,
  };
}

/** The rows a query gives: column → text. Null is an empty text. */
export async function queryRows(
  { host }: FunctionContext,
  given: ServerGiven,
  query: string,
  writes = false,
): Promise<readonly Readonly<Record<string, string>>[]> {
  const [header = [], ...rows] = readCsv(await copyPostgres(host, toServer(given), { query, writes }));
  return rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index] ?? ''])));
}

/** Has a server do something; false when it refuses, which is logged. */
export async function execute(
  { host, log, setRetcode }: FunctionContext,
  given: ServerGiven,
  sql: string,
): Promise<boolean> {
  try {
    await runPostgres(host, toServer(given), sql);
    return true;
  } catch (error) {
    if (!isAppError(error, 'state-failed')) throw error;
    log.error('postgres refused', { said: error.message });
    setRetcode(1);
    return false;
  }
}

/** Rows by the column of their names, without it. */
export function byName(rows: readonly Readonly<Record<string, string>>[], column: string): Record<string, Plain> {
  return Object.fromEntries(
    rows.map((row): [string, Plain] => [
      row[column] ?? '',
      Object.fromEntries(Object.entries(row).filter(([name]) => name !== column)),
    ]),
  );
}

function readCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [whole, quoted, plain = ''] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(?:,|\n|$)/g)) {
    if (whole === '') break;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (whole.endsWith(',')) continue;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}
