import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { AppError, isAppError } from '@brine/common';
import { integer, lineText, optional, type CommandRequest, type Host, type ReadHost, secret } from '../../kit/index.ts';

/** The arguments by which `postgres_*` states reach a server. */
export const postgresArguments = {
  user: optional(lineText()).describe('Account psql runs as; postgres for a server of this machine.'),
  maintenance_db: optional(lineText()).describe('Database to connect to; postgres unless given.'),
  db_user: optional(lineText()).describe('Role to connect as.'),
  db_password: secret(optional(lineText())).describe('Its password.'),
  db_host: optional(lineText()).describe('Host of the server; the local socket unless given.'),
  db_port: optional(integer()).describe('Port of the server.'),
};

/** What of {@link postgresArguments} a state was given. */
export interface PostgresServer {
  readonly user: string | undefined;
  readonly maintenance_db: string | undefined;
  readonly db_user: string | undefined;
  readonly db_password: string | undefined;
  readonly db_host: string | undefined;
  readonly db_port: number | undefined;
}

const separator = '\x1f';

/** Asks a server; gives the fields of each row, an empty text for null. Throws `state-failed` when it refuses; {@link isUnreached} tells whether it was there at all. */
export async function askPostgres(
  host: ReadHost,
  server: PostgresServer,
  sql: string,
): Promise<readonly (readonly string[])[]> {
  const request = requestOf(server, `BEGIN READ ONLY;\n${sql};\nCOMMIT;\n`);
  const lines = outputOf(await host.inspect(request)).split('\n');
  return lines.filter((line) => line !== '').map((line) => line.split(separator));
}

/** Has a server do something. Throws `state-failed` when it refuses. */
export async function runPostgres(machine: Host, server: PostgresServer, sql: string): Promise<void> {
  outputOf(await machine.run(requestOf(server, `${sql};\n`)));
}

/** The answer to a query as CSV with a heading. Throws `state-failed` when the server refuses. */
export async function copyPostgres(
  host: Host,
  server: PostgresServer,
  { query, writes }: { readonly query: string; readonly writes: boolean },
): Promise<string> {
  const copy = `COPY (${query.trim().replace(/;+$/, '')}) TO STDOUT WITH CSV HEADER`;
  const input = `SET datestyle = 'ISO, MDY';\nBEGIN READ ${writes ? 'WRITE' : 'ONLY'};\n${copy};\nCOMMIT;\n`;
  const request = requestOf(server, input);
  return outputOf(await (writes ? host.run(request) : host.inspect(request)));
}

// Statements go through standard input: command lines are for everyone to see.
function requestOf(server: PostgresServer, input: string): CommandRequest {
  const option = (flag: string, value: string | number | undefined): readonly string[] =>
    value === undefined ? [] : [`${flag}=${value}`];
  const command = [
    ...['psql', '--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--no-password', '--set=ON_ERROR_STOP=1'],
    `--field-separator=${separator}`,
    ...option('--dbname', server.maintenance_db ?? 'postgres'),
    ...option('--username', server.db_user),
    ...option('--host', server.db_host),
    ...option('--port', server.db_port),
  ];
  const isLocal = server.db_host === undefined && server.db_password === undefined;
  const user = server.user ?? (isLocal ? 'postgres' : undefined);
  return {
    command,
    input,
    timeout: 300_000,
    workingDirectory: '/',
    environment: { LC_ALL: 'C.UTF-8', ...(server.db_password === undefined ? {} : { PGPASSWORD: server.db_password }) },
    ...(user === undefined ? {} : { user }),
  };
}

function outputOf({ exitCode, stdout, stderr }: { exitCode: number; stdout: string; stderr: string }): string {
  if (exitCode === 0) return stdout;
  const said = stderr.split('\n').find((line) => /ERROR|FATAL|error|fatal|not found/.test(line)) ?? stderr.trim();
  throw new AppError({
    code: 'state-failed',
    message: `psql ended with status ${exitCode}: ${said.trim()}`,
    details: { isUnreached: unreachedStatuses.includes(exitCode) },
  });
}

// 2 as psql's manual says: the connection to the server, or to the database, went wrong. 127: there is no psql.
const unreachedStatuses = [2, 127];

/** Whether an error says that the server, or the database on it, or the account that may ask it, is not there (yet). */
export function isUnreached(caught: unknown): caught is AppError {
  return isAppError(caught) && (caught.code === 'host-account' || caught.details['isUnreached'] === true);
}

/** A name as SQL takes it whatever it has. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL takes it whatever it has. */
export function quoteText(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? `E${quoted}` : quoted;
}

/** Whether a role's stored hash is that of a password, or of the hash that is given for it. */
export function fitsHash(role: string, password: string, stored: string): boolean {
  if (password === stored) return true;
  if (stored.startsWith('md5')) return stored === md5Hash(role, password);
  const match = /^SCRAM-SHA-256\$(\d+):([^$]+)\$/.exec(stored);
  if (match === null) return stored === password;
  const [, rounds = '4096', salt = ''] = match;
  return stored === scramHash(password, Buffer.from(salt, 'base64'), Number(rounds));
}

/** The hash a server stores for a password; a hash stays as it is. */
export function hashFor(role: string, password: string, kind: string): string {
  if (/^md5[0-9a-f]{32}$/.test(password) || password.startsWith('SCRAM-SHA-256$')) return password;
  return kind === 'scram-sha-256' ? scramHash(password, randomBytes(16), 4096) : md5Hash(role, password);
}

function md5Hash(role: string, password: string): string {
  return `md5${createHash('md5').update(`${password}${role}`).digest('hex')}`;
}

/** As RFC 5802 and the documentation of `pg_authid` say. */
function scramHash(password: string, salt: Buffer, rounds: number): string {
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, rounds, 32, 'sha256');
  const key = (label: string): Buffer => createHmac('sha256', salted).update(label).digest();
  const stored = createHash('sha256').update(key('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${rounds}:${salt.toString('base64')}$${stored}:${key('Server Key').toString('base64')}`;
}
