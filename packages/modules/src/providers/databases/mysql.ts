import { createHash } from 'node:crypto';
import { AppError, pythonStr, type Dict } from '@brine/common';
import { integer, lineText, optional, type CommandRequest, type Host, type ReadHost, secret } from '../../kit/index.ts';

/** The arguments by which `mysql_*` states reach a server; `mysql.*` of the configuration and pillar stand in. */
export const mysqlArguments = {
  connection_user: optional(lineText()).describe('Account to connect as.'),
  connection_pass: secret(optional(lineText())).describe('Its password.'),
  connection_host: optional(lineText()).describe('Host of the server; the local socket unless given.'),
  connection_port: optional(integer()).describe('Port of the server.'),
  connection_unix_socket: optional(lineText()).describe('Path of the local socket.'),
  connection_default_file: optional(lineText()).describe('Option file with all of this, e.g. /etc/mysql/debian.cnf.'),
  connection_db: optional(lineText()).describe('Database to connect to.'),
  connection_charset: optional(lineText()).describe('Character set of the connection.'),
};

/** What of {@link mysqlArguments} a state was given. */
export interface MysqlServer {
  readonly connection_user: string | undefined;
  readonly connection_pass: string | undefined;
  readonly connection_host: string | undefined;
  readonly connection_port: number | undefined;
  readonly connection_unix_socket: string | undefined;
  readonly connection_default_file: string | undefined;
  readonly connection_db: string | undefined;
  readonly connection_charset: string | undefined;
}

interface Surroundings {
  readonly options: Dict;
  readonly pillar: Dict;
}

/** The program that talks to a server: how to look and how to act. Both throw `state-failed` when it refuses. */
export interface Mysql {
  ask(host: ReadHost, sql: string): Promise<readonly (readonly string[])[]>;
  run(machine: Host, sql: string): Promise<void>;
  /** Runs statements and gives what each answers. */
  query(machine: Host, sql: string): Promise<readonly MysqlTable[]>;
}

/** The rows a statement gives: column → text, `null` for NULL. */
export type MysqlTable = readonly Readonly<Record<string, string | null>>[];

/** Makes the way to a server. */
export function connectMysql(server: MysqlServer, { options, pillar }: Surroundings): Mysql {
  const setting = (name: string): string | undefined => {
    const value = pillar.get(`mysql.${name}`) ?? options.get(`mysql.${name}`);
    return value === undefined || value === null ? undefined : pythonStr(value);
  };
  const request = (input: string): CommandRequest => toRequest(server, setting, input);
  return {
    ask: async (host, sql) => rowsOf(outputOf(await host.inspect(request(`${sql};\n`)))),
    run: async (machine, sql) => void outputOf(await machine.run(request(`${sql};\n`))),
    query: async (machine, sql) => {
      const { command, ...rest } = request(`${sql};\n`);
      const words = (command as readonly string[]).filter((word) => word !== '--raw');
      return readTables(outputOf(await machine.run({ ...rest, command: [...words, '--xml'] })));
    },
  };
}

function rowsOf(output: string): readonly (readonly string[])[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}

// Statements and the password go another way than the command line, which is for everyone to see.
function toRequest(server: MysqlServer, setting: (name: string) => string | undefined, input: string): CommandRequest {
  const option = (flag: string, value: string | number | undefined): readonly string[] =>
    value === undefined ? [] : [`${flag}=${value}`];
  const password = server.connection_pass ?? setting('pass');
  const command = [
    'mysql',
    // It has to come before all other options.
    ...option('--defaults-extra-file', server.connection_default_file ?? setting('default_file')),
    ...['--batch', '--skip-column-names', '--raw', `--default-character-set=${server.connection_charset ?? 'utf8mb4'}`],
    ...option('--user', server.connection_user ?? setting('user')),
    ...option('--host', server.connection_host ?? setting('host')),
    ...option('--port', server.connection_port ?? setting('port')),
    ...option('--socket', server.connection_unix_socket ?? setting('unix_socket')),
    ...option('--database', server.connection_db),
  ];
  const environment = { LC_ALL: 'C.UTF-8', ...(password === undefined ? {} : { MYSQL_PWD: password }) };
  return { command, input, environment, timeout: 300_000 };
}

// Of the two forms that the program writes for others only this one tells NULL from a text.
function readTables(xml: string): readonly MysqlTable[] {
  return [...xml.matchAll(/<resultset [\s\S]*?<\/resultset>/g)].map(([table]) =>
    [...table.matchAll(/<row>([\s\S]*?)<\/row>/g)].map(([, row = '']) =>
      Object.fromEntries(
        [...row.matchAll(/<field name="([^"]*)"(?:( xsi:nil="true") \/>|>([\s\S]*?)<\/field>)/g)].map(
          ([, name = '', isNull, text = '']) => [plain(name), isNull === undefined ? plain(text) : null],
        ),
      ),
    ),
  );
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&', apos: "'" };

function plain(text: string): string {
  return text.replace(/&(lt|gt|quot|amp|apos);/g, (_whole, name: string) => entities[name] ?? '');
}

function outputOf({ exitCode, stdout, stderr }: { exitCode: number; stdout: string; stderr: string }): string {
  if (exitCode === 0) return stdout;
  // A complaint repeats the statement, and one about syntax quotes it; it may hold a password.
  const said = stderr
    .replace(/^-{14}\n[\s\S]*\n-{14}$/m, '')
    .trim()
    .replace(/ near '[\s\S]*' at line/, ' at line');
  // As Salt tells it: the number, without the state of SQL.
  const told = said.replace(/^ERROR (\d+)(?: \(\w+\))?(?: at line \d+)?: /, '$1: ');
  const words = said === '' ? `: status ${exitCode}` : told === said ? `: ${said}` : ` ${told}`;
  throw new AppError({ code: 'state-failed', message: `MySQL Error${words}` });
}

/** A text as SQL takes it whatever it has. */
export function quoteMysqlText(text: string): string {
  return `'${text.replace(/[\\']/g, (character) => `\\${character}`)}'`;
}

/** A name as SQL takes it whatever it has. */
export function quoteMysqlName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** An account as SQL names it. */
export function quoteAccount(user: string, host: string): string {
  return `${quoteMysqlText(user)}@${quoteMysqlText(host)}`;
}

/** The hash of a password in the form of `mysql_native_password`. */
export function nativeHash(password: string): string {
  const once = createHash('sha1').update(password).digest();
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`;
}
