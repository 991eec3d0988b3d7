import { isAppError, type Value } from '@brine/common';
import { z } from 'zod';
import {
  commaList,
  defineState,
  fails,
  flag,
  isOk,
  argument,
  lineText,
  willChange,
  withDefault,
  type ReadHost,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import {
  connectMysql,
  mysqlArguments,
  quoteAccount,
  quoteMysqlName,
  type Mysql,
} from '../../providers/databases/mysql.ts';
import { hasGrant, readGrant, revocations, type MysqlGrant } from '../../providers/databases/mysql-grant.ts';
import { requireClause } from '../../providers/databases/mysql-require.ts';

const options = argument<readonly Value[]>('a list, or false', (value) => {
  if (value === false) return [];
  return Array.isArray(value) ? value : undefined;
});

/** `mysql_grants.present` */
export const present = defineState({
  name: 'mysql_grants.present',
  summary: 'Keeps privileges of an account of MySQL or MariaDB.',
  args: z.object({
    name: lineText().describe('Any name.'),
    grant: commaList().describe('Privileges, e.g. select,insert or all privileges.'),
    database: lineText().describe('Database and table, e.g. app.* or *.*.'),
    user: lineText().describe('Name of the account.'),
    host: withDefault(lineText(), 'localhost').describe('Where it connects from.'),
    grant_option: withDefault(flag(), false).describe('Whether it may hand the privileges on.'),
    escape: withDefault(flag(), true).describe('Whether the database is quoted.'),
    revoke_first: withDefault(flag(), false).describe('Whether what it has for that database is taken from it first.'),
    ssl_option: withDefault(options, []).describe(
      'What its connections have to be, when the privileges are given: a list of SSL: true, X509: true, SUBJECT: text, ISSUER: text, CIPHER: text.',
    ),
    ...mysqlArguments,
  }),
  examples: [
    `app may use its database:
  mysql_grants.present:
    - grant: all privileges
    - database: app.*
    - user: app`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    const wish = readWish(args);
    if (typeof wish === 'string') return fails(wish);
    const { name, grant, database, user, host } = args;
    const mysql = connectMysql(args, context);
    const shown = `${grant.join(',')} on ${database} to ${user}@${host}`;
    const grants = await readGrants(mysql, wish.account, context.host);
    if (typeof grants === 'string') return fails(grants);
    if (hasGrant(grants, { ...wish, privileges: grant, isStrict: args.revoke_first }))
      return isOk(`Grant ${shown} is already present`);
    const changes = { [name]: 'Present' };
    const revoked = args.revoke_first ? revocations(grants, wish) : [];
    return willChange({ comment: `MySQL grant ${name} is set to be created`, changes }, (machine) =>
      attempt(`Failed to execute: "GRANT ${shown}"`, async () => {
        for (const sql of [...revoked, ...wish.statements]) await mysql.run(machine, sql);
        return { comment: `Grant ${shown} has been added`, changes };
      }),
    );
  },
});

interface Wish {
  /** Database and table without quotes, and as SQL takes them. */
  readonly target: string;
  readonly written: string;
  readonly account: string;
  readonly handsOn: boolean;
  readonly statements: readonly string[];
}

/** What is to be granted; a text says why it cannot be. */
function readWish(args: {
  readonly name: string;
  readonly grant: readonly string[];
  readonly database: string;
  readonly user: string;
  readonly host: string;
  readonly grant_option: boolean;
  readonly escape: boolean;
  readonly ssl_option: readonly Value[];
}): Wish | string {
  const { name, grant, database, grant_option: handsOn } = args;
  if (!grant.every((privilege) => /^[A-Za-z_ ]+(\([\w, `]+\))?$/.test(privilege)))
    return `The privileges of ${name} cannot be such`;
  const dot = database.lastIndexOf('.');
  if (dot < 1) return `The database of ${name} is written as database.table, or database.*`;
  const place = [database.slice(0, dot), database.slice(dot + 1)];
  const written = place.map((part) => (part === '*' || !args.escape ? part : quoteMysqlName(part))).join('.');
  if (!args.escape && !/^[\w`*%$]+\.[\w`*%$]+$/.test(written)) return `The database ${database} has to be quoted`;
  const account = quoteAccount(args.user, args.host);
  const demands = tryRequire(args.ssl_option);
  if (demands.refusal !== undefined) return demands.refusal;
  const statements = [
    `GRANT ${grant.join(', ')} ON ${written} TO ${account}${handsOn ? ' WITH GRANT OPTION' : ''}`,
    ...(demands.clause === undefined ? [] : [`ALTER USER ${account} ${demands.clause}`]),
  ];
  return { target: written.replaceAll('`', ''), written, account, handsOn, statements };
}

function tryRequire(options: readonly Value[]): { readonly clause?: string | undefined; readonly refusal?: string } {
  try {
    return { clause: requireClause(options) };
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return { refusal: caught.message };
  }
}

/** What an account has; a text says why the server does not tell. */
async function readGrants(mysql: Mysql, account: string, host: ReadHost): Promise<readonly MysqlGrant[] | string> {
  try {
    const rows = await mysql.ask(host, `SHOW GRANTS FOR ${account}`);
    return rows.flatMap((row) => readGrant(row.join('\t')) ?? []);
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    // The account may come to be in a step before this one.
    return /\b1141\b/.test(caught.message) ? [] : caught.message;
  }
}
