import { isAppError, type Plain } from '@brine/common';
import type { FunctionContext } from '../../kit/context.ts';
import {
  connectMysql,
  mysqlArguments,
  quoteMysqlText,
  type MysqlServer,
  type MysqlTable,
} from '../../providers/databases/mysql.ts';

/** The arguments by which functions reach a server: those of the states, by keyword. */
export const connection = mysqlArguments;

/** The rows of one statement; `undefined` when the server refuses or cannot be reached, which is logged. */
export async function ask(context: FunctionContext, server: MysqlServer, sql: string): Promise<MysqlTable | undefined> {
  return (await askAll(context, server, sql))?.[0] ?? undefined;
}

/** The rows of several statements. A statement without any, like `CREATE`, has no table. */
export async function askAll(
  context: FunctionContext,
  server: MysqlServer,
  sql: string,
): Promise<readonly MysqlTable[] | undefined> {
  try {
    return await connectMysql(server, context).query(context.host, sql);
  } catch (error) {
    if (!isAppError(error, 'state-failed')) throw error;
    context.log.error('mysql refused', { said: error.message });
    return undefined;
  }
}

/** Has the server do something; false when it refuses. */
export async function execute(context: FunctionContext, server: MysqlServer, sql: string): Promise<boolean> {
  return (await askAll(context, server, sql)) !== undefined;
}

/** The first column of rows. */
export function firstColumn(rows: MysqlTable): readonly string[] {
  return rows.map((row) => Object.values(row)[0] ?? '');
}

/** The version the server tells; an empty text when it cannot be reached. */
export async function readVersion(context: FunctionContext, server: MysqlServer): Promise<string> {
  return firstColumn((await ask(context, server, 'SELECT VERSION()')) ?? [])[0] ?? '';
}

/** Whether there is an account. */
export async function hasAccount(
  context: FunctionContext,
  server: MysqlServer,
  user: string,
  host: string,
): Promise<boolean> {
  const where = `User = ${quoteMysqlText(user)} AND Host = ${quoteMysqlText(host)}`;
  return ((await ask(context, server, `SELECT User FROM mysql.user WHERE ${where}`)) ?? []).length > 0;
}

/** Whether there is a database. */
export async function hasDatabase(context: FunctionContext, server: MysqlServer, name: string): Promise<boolean> {
  const where = `SCHEMA_NAME = ${quoteMysqlText(name)}`;
  const sql = `SELECT SCHEMA_NAME FROM INFORMATION_SCHEMA.SCHEMATA WHERE ${where}`;
  return ((await ask(context, server, sql)) ?? []).length > 0;
}

/** Rows as an answer. */
export function toPlain(rows: MysqlTable | undefined): Plain[] {
  return (rows ?? []).map((row) => ({ ...row }));
}
