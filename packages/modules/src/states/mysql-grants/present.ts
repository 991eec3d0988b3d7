import { isAppError } from '@brine/common';
import { z } from 'zod';
import {
  commaList,
  defineState,
  fails,
  flag,
  isOk,
  lineText,
  unsupported,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { connectMysql, mysqlArguments, quoteAccount, quoteMysqlName } from '../../providers/databases/mysql.ts';
import { hasGrant, readGrant } from '../../providers/databases/mysql-grant.ts';

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
    revoke_first: unsupported('taking other privileges first'),
    ssl_option: unsupported('demands on the connection'),
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
    const { name, grant, database, user, host, grant_option: handsOn } = args;
    if (!grant.every((privilege) => /^[A-Za-z_ ]+(\([\w, `]+\))?$/.test(privilege)))
      return fails(`The privileges of ${name} cannot be such`);
    const dot = database.lastIndexOf('.');
    if (dot < 1) return fails(`The database of ${name} is written as database.table, or database.*`);
    const place = [database.slice(0, dot), database.slice(dot + 1)];
    const target = place.map((part) => (part === '*' || !args.escape ? part : quoteMysqlName(part))).join('.');
    if (!args.escape && !/^[\w`*%$]+\.[\w`*%$]+$/.test(target))
      return fails(`The database ${database} has to be quoted`);
    const mysql = connectMysql(args, context);
    const account = quoteAccount(user, host);
    const shown = `${grant.join(',')} on ${database} to ${user}@${host}`;
    try {
      const rows = await mysql.ask(context.host, `SHOW GRANTS FOR ${account}`);
      const grants = rows.flatMap((row) => readGrant(row.join('\t')) ?? []);
      if (hasGrant(grants, { privileges: grant, target: target.replaceAll('`', ''), handsOn }))
        return isOk(`Grant ${shown} is already present`);
    } catch (caught) {
      // The account may come to be in a step before this one.
      if (!isAppError(caught) || !/\b1141\b/.test(caught.message))
        return fails(isAppError(caught) ? caught.message : String(caught));
    }
    const changes = { [name]: 'Present' };
    return willChange({ comment: `MySQL grant ${name} is set to be created`, changes }, (machine) =>
      attempt(`Failed to execute: "GRANT ${shown}"`, async () => {
        const suffix = handsOn ? ' WITH GRANT OPTION' : '';
        await mysql.run(machine, `GRANT ${grant.join(', ')} ON ${target} TO ${account}${suffix}`);
        return { comment: `Grant ${shown} has been added`, changes };
      }),
    );
  },
});
