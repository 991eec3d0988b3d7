import { isAppError } from '@brine/common';
import { z } from 'zod';
import { commaList, defineState, fails, flag, isOk, lineText, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { connectMysql, mysqlArguments, quoteAccount, quoteMysqlName } from '../../providers/databases/mysql.ts';
import { hasGrant, readGrant } from '../../providers/databases/mysql-grant.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `mysql_grants.absent` */
export const absent = defineState({
  name: 'mysql_grants.absent',
  summary: 'Keeps privileges from an account of MySQL or MariaDB.',
  args: z.object({
    name: lineText().describe('Any name.'),
    grant: commaList().describe('Privileges, e.g. select,insert or all privileges.'),
    database: lineText().describe('Database and table, e.g. app.* or *.*.'),
    user: lineText().describe('Name of the account.'),
    host: withDefault(lineText(), 'localhost').describe('Where it connects from.'),
    grant_option: withDefault(flag(), false).describe('Whether the right to hand the privileges on goes too.'),
    escape: withDefault(flag(), true).describe('Whether the database is quoted.'),
    ...mysqlArguments,
  }),
  examples: [
    `app may not write:
  mysql_grants.absent:
    - grant: insert,update
    - database: app.*
    - user: app`,
  ],
  acceptsUnknown: true,
  check: (args, context) =>
    orFailure(async () => {
      const { name, grant, database, user, host, grant_option: handsOn } = args;
      if (!grant.every((privilege) => /^[A-Za-z_ ]+(\([\w, `]+\))?$/.test(privilege)))
        return fails(`The privileges of ${name} cannot be such`);
      const dot = database.lastIndexOf('.');
      if (dot < 1) return fails(`The database of ${name} is written as database.table, or database.*`);
      const place = [database.slice(0, dot), database.slice(dot + 1)];
      const target = place.map((part) => (part === '*' || !args.escape ? part : quoteMysqlName(part))).join('.');
      if (!/^(`[^`]*`|[\w*%$]+)\.(`[^`]*`|[\w*%$]+)$/.test(target))
        return fails(`The database ${database} has to be quoted`);
      const mysql = connectMysql(args, context);
      const account = quoteAccount(user, host);
      const words = grant.join(',');
      const grants = (await askGrants(account)).flatMap((row) => readGrant(row.join('\t')) ?? []);
      const isHeld = hasGrant(grants, { privileges: grant, target: target.replaceAll('`', ''), handsOn });
      if (!isHeld)
        return isOk(`Grant ${words} on ${database} to ${user}@${host} is not present, so it cannot be revoked`);
      const changes = { [name]: 'Absent' };
      return willChange({ comment: `MySQL grant ${name} is set to be revoked`, changes }, (machine) =>
        attempt(`Unable to revoke grant ${words} on ${database} for ${user}@${host}`, async () => {
          const privileges = [...grant, ...(handsOn ? ['GRANT OPTION'] : [])].join(', ');
          await mysql.run(machine, `REVOKE ${privileges} ON ${target} FROM ${account}`);
          return { comment: `Grant ${words} on ${database} for ${user}@${host} has been revoked`, changes };
        }),
      );

      async function askGrants(of: string): Promise<readonly (readonly string[])[]> {
        try {
          return await mysql.ask(context.host, `SHOW GRANTS FOR ${of}`);
        } catch (caught) {
          // Who does not exist holds nothing.
          if (isAppError(caught) && /\b1141\b/.test(caught.message)) return [];
          throw caught;
        }
      }
    }),
});
