import type { Plain } from '@brine/common';
import { z } from 'zod';
import { lineText, optional } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { quoteMysqlName, quoteMysqlText, type MysqlServer } from '../../providers/databases/mysql.ts';
import { ask, connection, execute, firstColumn, hasDatabase, toPlain } from './server.ts';

const name = lineText().describe('Name of the database.');
const charset = optional(lineText().refine((value) => /^\w+$/.test(value), 'must be a word'));
const encoding = {
  character_set: charset.describe('Its character set.'),
  collate: charset.describe('Its order of characters.'),
};

export const dbList = defineFunction({
  name: 'mysql.db_list',
  ignoresOthers: true,
  summary: 'The names of the databases.',
  args: z.object(connection),
  examples: ["'*' mysql.db_list"],
  run: async (args, context) => firstColumn((await ask(context, args, 'SHOW DATABASES')) ?? []),
});

export const dbExists = defineFunction({
  name: 'mysql.db_exists',
  ignoresOthers: true,
  summary: 'Whether there is a database.',
  args: z.object({ name, ...connection }),
  examples: ["'*' mysql.db_exists 'dbname'"],
  run: (args, context) => hasDatabase(context, args, args.name),
});

export const dbGet = defineFunction({
  name: 'mysql.db_get',
  ignoresOthers: true,
  summary: 'Character set and order of characters of a database; empty when there is none.',
  args: z.object({ name, ...connection }),
  examples: ["'*' mysql.db_get test"],
  run: (args, context) => readDatabase(context, args, args.name),
});

async function readDatabase(
  context: FunctionContext,
  server: MysqlServer,
  database: string,
): Promise<Record<string, string>> {
  const sql = `SELECT DEFAULT_CHARACTER_SET_NAME AS character_set, DEFAULT_COLLATION_NAME AS \`collate\`
    FROM INFORMATION_SCHEMA.SCHEMATA WHERE SCHEMA_NAME = ${quoteMysqlText(database)}`;
  const [row] = (await ask(context, server, sql)) ?? [];
  return row === undefined ? {} : { character_set: row['character_set'] ?? '', collate: row['collate'] ?? '' };
}

export const dbTables = defineFunction({
  name: 'mysql.db_tables',
  ignoresOthers: true,
  summary: 'The names of the tables of a database; false when there is none.',
  args: z.object({ name, ...connection }),
  examples: ["'*' mysql.db_tables 'database'"],
  run: async (args, context) => (await readTables(context, args, args.name)) ?? false,
});

async function readTables(
  context: FunctionContext,
  server: MysqlServer,
  database: string,
): Promise<readonly string[] | undefined> {
  if (!(await hasDatabase(context, server, database))) return undefined;
  return firstColumn((await ask(context, server, `SHOW TABLES IN ${quoteMysqlName(database)}`)) ?? []);
}

export const dbCreate = defineFunction({
  name: 'mysql.db_create',
  ignoresOthers: true,
  summary: 'Makes a database; false when it is there already or the server refuses.',
  args: z.object({ name, ...encoding, ...connection }),
  examples: ["'*' mysql.db_create 'dbname'", "'*' mysql.db_create 'dbname' 'utf8' 'utf8_general_ci'"],
  async run(args, context) {
    if (await hasDatabase(context, args, args.name)) return false;
    return execute(context, args, `CREATE DATABASE ${quoteMysqlName(args.name)}${encodingSql(args)}`);
  },
});

function encodingSql(wish: {
  readonly character_set: string | undefined;
  readonly collate: string | undefined;
}): string {
  const set = wish.character_set === undefined ? '' : ` CHARACTER SET ${wish.character_set}`;
  return set + (wish.collate === undefined ? '' : ` COLLATE ${wish.collate}`);
}

export const alterDb = defineFunction({
  name: 'mysql.alter_db',
  ignoresOthers: true,
  summary: 'Sets character set and order of characters of a database; answers whether that went well.',
  args: z.object({ name, ...encoding, ...connection }),
  examples: ["'*' mysql.alter_db testdb character_set='latin1'"],
  async run(args, context) {
    const present = await readDatabase(context, args, args.name);
    const wish = {
      character_set: args.character_set ?? present['character_set'],
      collate: args.collate ?? present['collate'],
    };
    return execute(context, args, `ALTER DATABASE ${quoteMysqlName(args.name)}${encodingSql(wish)}`);
  },
});

export const dbRemove = defineFunction({
  name: 'mysql.db_remove',
  ignoresOthers: true,
  summary: 'Removes a database with all it holds; false when there is none or it is one of the server itself.',
  args: z.object({ name, ...connection }),
  examples: ["'*' mysql.db_remove 'dbname'"],
  async run(args, context) {
    const isOwn = ['mysql', 'information_schema', 'performance_schema', 'sys'].includes(args.name);
    if (isOwn || !(await hasDatabase(context, args, args.name))) return false;
    return execute(context, args, `DROP DATABASE ${quoteMysqlName(args.name)}`);
  },
});

const table = optional(lineText()).describe('Only this table.');

export const dbCheck = tableFunction('mysql.db_check', 'CHECK', 'Checks');
export const dbRepair = tableFunction('mysql.db_repair', 'REPAIR', 'Repairs');
export const dbOptimize = tableFunction('mysql.db_optimize', 'OPTIMIZE', 'Optimizes');

function tableFunction(functionName: string, verb: string, does: string) {
  return defineFunction({
    ignoresOthers: true,
    name: functionName,
    summary: `${does} one table of a database, or all of them, and answers what the server says.`,
    args: z.object({ name, table, ...connection }),
    examples: [`'*' ${functionName} dbname`, `'*' ${functionName} dbname dbtable`],
    async run(args, context): Promise<Plain> {
      const look = async (one: string): Promise<Plain> =>
        toPlain(await ask(context, args, `${verb} TABLE ${quoteMysqlName(args.name)}.${quoteMysqlName(one)}`));
      if (args.table !== undefined) return look(args.table);
      const said: Plain[] = [];
      for (const each of (await readTables(context, args, args.name)) ?? []) said.push(await look(each));
      return said;
    },
  });
}
