import { z } from 'zod';
import { flag, lineText, optional, valueList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { hasGrant, readGrant } from '../../providers/databases/mysql-grant.ts';
import { quoteAccount, quoteMysqlName, type MysqlServer } from '../../providers/databases/mysql.ts';
import { requireClause } from '../../providers/databases/mysql-require.ts';
import { failure } from '../failure.ts';
import { ask, connection, execute, firstColumn, hasAccount } from './server.ts';

const given = {
  grant: lineText()
    .refine((value) => /^[\w ,()`]+$/.test(value), 'must be privileges with commas between')
    .describe('Privileges, with commas between.'),
  database: lineText().describe('Database and table: `db.*`, `*.*`, `db.table`.'),
  user: lineText().describe('Name of the account.'),
  host: withDefault(lineText(), 'localhost').describe('Where it connects from; % for anywhere.'),
  grant_option: withDefault(flag(), false).describe('Whether it may hand the privileges on.'),
  escape: withDefault(flag(), true).describe('Whether the database is quoted.'),
};

export const userGrants = defineFunction({
  name: 'mysql.user_grants',
  ignoresOthers: true,
  summary: 'What an account may do, as statements without its password; false when there is none.',
  args: z.object({ user: given.user, host: given.host, ...connection }),
  examples: ["'*' mysql.user_grants 'frank' 'localhost'"],
  async run(args, context) {
    if (!(await hasAccount(context, args, args.user, args.host))) return false;
    return (await readGrants(context, args, args)).map((line) => {
      const bare = line.split(' IDENTIFIED BY')[0] ?? '';
      const handsOn = line.includes('WITH GRANT OPTION') && !bare.includes('WITH GRANT OPTION');
      return handsOn ? `${bare} WITH GRANT OPTION` : bare;
    });
  },
});

interface Account {
  readonly user: string;
  readonly host: string;
}

async function readGrants(context: FunctionContext, server: MysqlServer, who: Account): Promise<readonly string[]> {
  const rows = await ask(context, server, `SHOW GRANTS FOR ${quoteAccount(who.user, who.host)}`);
  return firstColumn(rows ?? []);
}

interface Wish extends Account {
  readonly grant: string;
  readonly database: string;
  readonly grant_option: boolean;
  readonly escape: boolean;
}

async function holds(context: FunctionContext, server: MysqlServer, wish: Wish): Promise<boolean> {
  const grants = (await readGrants(context, server, wish)).map(readGrant).filter((grant) => grant !== undefined);
  const privileges = wish.grant.match(/[^,(]+(?:\([^)]*\))?/g) ?? [];
  return hasGrant(grants, { privileges, target: wish.database, handsOn: wish.grant_option });
}

export const grantExists = defineFunction({
  name: 'mysql.grant_exists',
  ignoresOthers: true,
  summary: 'Whether an account has privileges.',
  args: z.object({ ...given, ...connection }),
  examples: ["'*' mysql.grant_exists 'SELECT,INSERT,UPDATE' 'database.*' 'frank' 'localhost'"],
  async run(args, context) {
    return (await hasAccount(context, args, args.user, args.host)) && holds(context, args, args);
  },
});

export const grantAdd = defineFunction({
  name: 'mysql.grant_add',
  ignoresOthers: true,
  summary: 'Gives an account privileges; answers whether it has them then.',
  args: z.object({
    ...given,
    ssl_option: optional(valueList()).describe('What its connections have to be: `[{SSL: true}]`, `[{SUBJECT: …}]`.'),
    ...connection,
  }),
  examples: ["'*' mysql.grant_add 'SELECT,INSERT,UPDATE' 'database.*' 'frank' 'localhost'"],
  async run(args, context) {
    const demands = requireClause(args.ssl_option ?? []);
    const end = args.grant_option ? ' WITH GRANT OPTION' : '';
    const who = quoteAccount(args.user, args.host);
    const sql = `GRANT ${args.grant.toUpperCase()} ON ${targetSql(args)} TO ${who}${end}`;
    const isDone = await execute(context, args, sql);
    const isBound = demands === undefined || (isDone && (await execute(context, args, `ALTER USER ${who} ${demands}`)));
    return isDone && isBound && holds(context, args, args);
  },
});

export const grantRevoke = defineFunction({
  name: 'mysql.grant_revoke',
  ignoresOthers: true,
  summary: 'Takes privileges from an account; answers whether it has them no more.',
  args: z.object({ ...given, ...connection }),
  examples: ["'*' mysql.grant_revoke 'SELECT,INSERT,UPDATE' 'database.*' 'frank' 'localhost'"],
  async run(args, context) {
    const privileges = `${args.grant.toUpperCase()}${args.grant_option ? ', GRANT OPTION' : ''}`;
    const who = quoteAccount(args.user, args.host);
    const isDone = await execute(context, args, `REVOKE ${privileges} ON ${targetSql(args)} FROM ${who}`);
    return isDone && !(await holds(context, args, args));
  },
});

function targetSql({ database: target, escape: isQuoted }: Wish): string {
  if (!isQuoted) {
    if (/^[\w`*%$]+\.[\w`*%$]+$/.test(target)) return target;
    throw failure(`The database ${target} has to be quoted`);
  }
  const at = target.lastIndexOf('.');
  const [database, table] = [target.slice(0, Math.max(at, 0)), target.slice(at + 1)];
  const quote = (part: string): string => (part === '*' ? part : quoteMysqlName(part));
  // With all tables meant, % and _ in the name of the database would stand for others.
  const name = table === '*' && database !== '*' ? database.replaceAll('_', '\\_').replaceAll('%', '\\%') : database;
  return `${quote(name)}.${quote(table)}`;
}

export const tokenizeGrant = defineFunction({
  name: 'mysql.tokenize_grant',
  summary: 'The parts of a GRANT statement.',
  args: z.object({ grant: lineText().describe('The statement.') }),
  examples: [`'*' mysql.tokenize_grant "GRANT SELECT, INSERT ON testdb.* TO 'testuser'@'localhost'"`],
  run({ grant }) {
    const [, privileges = '', target = '', user = '', host = ''] =
      /^GRANT (.+?) ON (\S+) TO ([`'"]?[^@]*?[`'"]?)@([`'"]?[^\s`'"]*[`'"]?)/.exec(grant) ?? [];
    if (privileges === '') throw failure('That is no GRANT statement.');
    const words = (privileges.match(/[^,(]+(?:\([^)]*\))?/g) ?? []).map((word) => word.trim());
    return {
      user: user.replaceAll(/[`'"]/g, ''),
      host: host.replaceAll(/[`'"]/g, ''),
      grant: words,
      database: target.replaceAll('`', ''),
    };
  },
});
