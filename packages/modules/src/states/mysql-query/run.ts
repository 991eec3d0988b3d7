import { z } from 'zod';
import { defineState, lineText, text } from '../../kit/index.ts';
import { checkQuery, queryArguments } from '../../providers/databases/mysql-query.ts';

/** `mysql_query.run` */
export const run = defineState({
  name: 'mysql_query.run',
  summary: 'Runs a statement of SQL in a database, and keeps what it answers in a file or grain if asked.',
  args: z.object({
    name: lineText().describe('Any name.'),
    database: lineText().describe('The database.'),
    query: text().describe('The statement.'),
    ...queryArguments,
  }),
  examples: [
    `forget old sessions:
  mysql_query.run:
    - database: app
    - query: DELETE FROM session WHERE seen < NOW() - INTERVAL 30 DAY
    - output: /var/lib/app/forgotten
    - overwrite: false`,
  ],
  notIdempotent: 'running the statement is all it does, unless overwrite is false',
  acceptsUnknown: true,
  check: (args, context) => checkQuery({ ...args, sql: async () => args.query }, context),
});
