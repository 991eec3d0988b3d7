import { z } from 'zod';
import { lineText } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { quoteName } from '../../providers/databases/postgres.ts';
import { execute, queryRows, serverArguments, type ServerGiven } from './server.ts';

const { user, host, port, password, runas } = serverArguments;
const name = lineText().describe('The language.');
const server = { maintenance_db: lineText().describe('The database.'), user, host, port, password, runas };

export const languageList = defineFunction({
  name: 'postgres.language_list',
  summary: 'The languages of a database, each under its name.',
  args: z.object(server),
  examples: ["'*' postgres.language_list dbname"],
  run: async (args, context) => Object.fromEntries((await listLanguages(context, args)).map((each) => [each, each])),
});

export const languageExists = defineFunction({
  name: 'postgres.language_exists',
  summary: 'Whether a database has a language.',
  args: z.object({ name, ...server }),
  examples: ["'*' postgres.language_exists plpgsql dbname"],
  run: async (args, context) => (await listLanguages(context, args)).includes(args.name),
});

export const languageCreate = defineFunction({
  name: 'postgres.language_create',
  summary: 'Adds a language to a database; false when it has it, or when that went wrong.',
  args: z.object({ name, ...server }),
  examples: ["'*' postgres.language_create plpythonu dbname"],
  async run(args, context) {
    if ((await listLanguages(context, args)).includes(args.name)) return false;
    return execute(context, args, `CREATE LANGUAGE ${quoteName(args.name)}`);
  },
});

export const languageRemove = defineFunction({
  name: 'postgres.language_remove',
  summary: 'Removes a language from a database; false when it has it not, or when that went wrong.',
  args: z.object({ name, ...server }),
  examples: ["'*' postgres.language_remove plpgsql dbname"],
  async run(args, context) {
    if (!(await listLanguages(context, args)).includes(args.name)) return false;
    return execute(context, args, `DROP LANGUAGE ${quoteName(args.name)}`);
  },
});

async function listLanguages(context: FunctionContext, given: ServerGiven): Promise<readonly string[]> {
  return (await queryRows(context, given, 'SELECT lanname AS "Name" FROM pg_language')).map((row) => row['Name'] ?? '');
}
