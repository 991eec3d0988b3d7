import { isAppError } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, isOk, lineText, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { connectMysql, mysqlArguments, quoteAccount, quoteMysqlText } from '../../providers/databases/mysql.ts';

/** `mysql_user.absent` */
export const absent = defineState({
  name: 'mysql_user.absent',
  summary: 'Keeps an account of MySQL or MariaDB away.',
  args: z.object({
    name: lineText().describe('Name of the account.'),
    host: withDefault(lineText(), 'localhost').describe('Where it connects from.'),
    ...mysqlArguments,
  }),
  examples: [
    `leaver:
  mysql_user.absent:
    - host: '%'`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    const { name, host } = args;
    const mysql = connectMysql(args, context);
    try {
      const sql = `SELECT User FROM mysql.user WHERE User = ${quoteMysqlText(name)} AND Host = ${quoteMysqlText(host)}`;
      if ((await mysql.ask(context.host, sql)).length === 0)
        return isOk(`User ${name}@${host} is not present, so it cannot be removed`);
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(caught.message);
    }
    const changes = { [name]: 'Absent' };
    return willChange({ comment: `User ${name}@${host} is set to be removed`, changes }, (machine) =>
      attempt(`Failed to remove user ${name}@${host}`, async () => {
        await mysql.run(machine, `DROP USER ${quoteAccount(name, host)}`);
        return { comment: `User ${name}@${host} has been removed`, changes };
      }),
    );
  },
});
