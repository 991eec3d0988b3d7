import { z } from 'zod';
import { defineState, lineText, optional } from '../../kit/index.ts';
import { checkQuery, queryArguments } from '../../providers/databases/mysql-query.ts';
import { findSource } from '../../providers/files/find-source.ts';

/** `mysql_query.run_file` */
export const runFile = defineState({
  name: 'mysql_query.run_file',
  summary: 'Runs a file of SQL in a database, and keeps what it answers in a file or grain if asked.',
  args: z.object({
    name: lineText().describe('Any name; the file unless query_file is given.'),
    database: lineText().describe('The database.'),
    query_file: optional(lineText()).describe('URL or path of the file.'),
    ...queryArguments,
    saltenv: optional(lineText()).describe('Environment of the file server; that of the step unless given.'),
  }),
  examples: [
    `salt://app/schema.sql:
  mysql_query.run_file:
    - database: app
    - output: grain
    - grain: app_schema
    - overwrite: false`,
  ],
  notIdempotent: 'running the file is all it does, unless overwrite is false',
  acceptsUnknown: true,
  check: ({ saltenv, query_file: file, ...args }, context) => {
    const step = { ...context.step, saltenv: saltenv ?? context.step.saltenv };
    const wish = { source: file ?? args.name, skipVerify: true, target: args.name };
    const sql = async (): Promise<string | { readonly refusal: string }> => {
      const found = await findSource(wish, { ...context, step });
      if (typeof found === 'string') return { refusal: found };
      return Buffer.from((await context.host.files.read(found.path)) ?? '').toString('utf8');
    };
    return checkQuery({ ...args, sql }, context);
  },
});
