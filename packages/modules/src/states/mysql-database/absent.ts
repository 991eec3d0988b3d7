import { isAppError } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, isOk, lineText, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { connectMysql, mysqlArguments, quoteMysqlName, quoteMysqlText } from '../../providers/databases/mysql.ts';

/** `mysql_database.absent` */
export const absent = defineState({
  name: 'mysql_database.absent',
  summary: 'Keeps a database of MySQL or MariaDB away.',
  args: z.object({ name: lineText().describe('The database.'), ...mysqlArguments }),
  examples: [
    `test:
  mysql_database.absent: []`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    const { name } = args;
    const mysql = connectMysql(args, context);
    try {
      const sql = `SELECT schema_name FROM information_schema.schemata WHERE schema_name = ${quoteMysqlText(name)}`;
      const rows = await mysql.ask(context.host, sql);
      if (rows.length === 0) return isOk(`Database ${name} is not present, so it cannot be removed`);
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(caught.message);
    }
    const changes = { [name]: 'Absent' };
    return willChange({ comment: `Database ${name} is present and needs to be removed`, changes }, (machine) =>
      attempt(`Unable to remove database ${name}`, async () => {
        await mysql.run(machine, `DROP DATABASE ${quoteMysqlName(name)}`);
        return { comment: `Database ${name} has been removed`, changes };
      }),
    );
  },
});
