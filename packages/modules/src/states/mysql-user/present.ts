import { isAppError, type CheckOutcome } from '@brine/common';
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
  secret,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import {
  identify,
  isPluginName,
  needsVersion,
  type MysqlIdentification,
} from '../../providers/databases/mysql-identification.ts';
import {
  connectMysql,
  mysqlArguments,
  nativeHash,
  quoteAccount,
  quoteMysqlText,
  type Mysql,
} from '../../providers/databases/mysql.ts';

interface Request extends MysqlIdentification {
  readonly name: string;
  readonly host: string;
  readonly allow_passwordless: boolean;
}

/** `mysql_user.present` */
export const present = defineState({
  name: 'mysql_user.present',
  summary: 'Keeps an account of MySQL or MariaDB with its password.',
  args: z.object({
    name: lineText().describe('Name of the account.'),
    host: withDefault(lineText(), 'localhost').describe('Where it connects from; % for anywhere.'),
    password: secret(optional(lineText())).describe('Its password.'),
    password_hash: secret(optional(lineText())).describe('The hash of its password, as the server shows it.'),
    allow_passwordless: withDefault(flag(), false).describe('Whether it may have no password.'),
    unix_socket: withDefault(flag(), false).describe('Whether the local account of its name needs no password.'),
    auth_plugin: optional(lineText()).describe(
      'The kind of its password, e.g. ed25519; that of the server unless given.',
    ),
    password_column: optional(lineText()).describe(
      'Accepted for Salt, where it names the column of mysql.user; the server is asked for the account itself.',
    ),
    ...mysqlArguments,
  }),
  examples: [
    `app:
  mysql_user.present:
    - host: '%'
    - password: change me`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    const { name, host } = args;
    const isPasswordless = args.password === undefined && args.password_hash === undefined;
    if (isPasswordless && !args.allow_passwordless && !args.unix_socket)
      return fails('Either password or password_hash must be specified, unless allow_passwordless is True');
    if (args.auth_plugin !== undefined && !isPluginName(args.auth_plugin))
      return fails(`${args.auth_plugin} cannot be the name of a plugin`);
    const mysql = connectMysql(args, context);
    try {
      const sql = `SELECT User FROM mysql.user WHERE User = ${quoteMysqlText(name)} AND Host = ${quoteMysqlText(host)}`;
      const isThere = (await mysql.ask(context.host, sql)).length > 0;
      const shown = isThere ? await mysql.ask(context.host, `SHOW CREATE USER ${quoteAccount(name, host)}`) : [];
      return isThere ? compare(args, shown.flat().join(' '), mysql) : create(args, mysql);
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(caught.message);
    }
  },
});

async function identification(request: Request, mysql: Mysql, machine: Host): Promise<string> {
  const version = needsVersion(request) ? (await mysql.ask(machine, 'SELECT VERSION()')).flat().join('') : '';
  return identify(request, request.name, version);
}

function create(request: Request, mysql: Mysql): CheckOutcome<Host> {
  const { name, host } = request;
  const suffix =
    (request.allow_passwordless ? ' with passwordless login' : '') + (request.unix_socket ? ' using unix_socket' : '');
  const changes = { [name]: 'Present' };
  return willChange({ comment: `User ${name}@${host} is set to be added${suffix}`, changes }, (machine) =>
    attempt(`Failed to create user ${name}@${host}`, async () => {
      await mysql.run(
        machine,
        `CREATE USER ${quoteAccount(name, host)}${await identification(request, mysql, machine)}`,
      );
      return { comment: `The user ${name}@${host} has been added${suffix}`, changes };
    }),
  );
}

type Verdict = 'same' | 'differs' | 'unknown';

function judge(request: Request, shown: string): Verdict {
  if (request.unix_socket) return shown.includes('unix_socket') || shown.includes('auth_socket') ? 'same' : 'differs';
  return judgePlugin(request, shown) ?? judgeHash(request, shown);
}

/** Of kinds whose hashes are not compared; undefined for others. */
function judgePlugin({ auth_plugin: plugin = 'mysql_native_password' }: Request, shown: string): Verdict | undefined {
  // What such a plugin keeps of a password only the server can check.
  if (plugin === 'mysql_native_password') return undefined;
  return shown.includes(plugin) ? 'unknown' : 'differs';
}

function judgeHash(request: Request, shown: string): Verdict {
  const hash = /'(\*[0-9A-F]{40})'/i.exec(shown)?.[1]?.toUpperCase();
  const wanted = request.password === undefined ? request.password_hash?.toUpperCase() : nativeHash(request.password);
  // Newer kinds salt their hashes in a way that only the server can check.
  if (hash === undefined && /caching_sha2_password|ed25519/.test(shown)) return 'unknown';
  return hash === wanted ? 'same' : 'differs';
}

function compare(request: Request, shown: string, mysql: Mysql): CheckOutcome<Host> {
  const { name, host, password, password_hash: hash } = request;
  const isPasswordless = password === undefined && hash === undefined;
  const verdict = judge(request, shown);
  const present = `User ${name}@${host} is already present`;
  if (verdict === 'unknown') return isOk(`${present}. Unable to verify password.`);
  if (verdict === 'same') {
    if (isPasswordless) return isOk(`${present}${request.allow_passwordless ? ' with passwordless login' : ''}`);
    return isOk(`${present} with the desired password${password === undefined ? ' hash' : ''}`);
  }
  const word = isPasswordless ? 'cleared' : 'changed';
  const changes = { [name]: 'Updated' };
  return willChange({ comment: `Password for user ${name}@${host} is set to be ${word}`, changes }, (machine) =>
    attempt(`Failed to ${isPasswordless ? 'clear' : 'change'} password for user ${name}@${host}`, async () => {
      await mysql.run(
        machine,
        `ALTER USER ${quoteAccount(name, host)}${await identification(request, mysql, machine)}`,
      );
      return { comment: `Password for user ${name}@${host} has been ${word}`, changes };
    }),
  );
}
