import { existsSync } from 'node:fs';
import { decodeValue, encodeValue, pythonStr, type Dict, type Value } from '@brine/common';
import type * as Libsql from 'libsql';
import { failure } from '../failure.ts';

/** Milliseconds to wait for a database that somebody else is writing to. */
const timeout = 5000;

/** The value of a key in the database of a profile; `null` when there is none. Makes no database. */
export async function readSqlite(key: string, profile: Dict): Promise<Value> {
  const file = fileOf(profile);
  if (!existsSync(file)) return null;
  return ask(file, { readonly: true }, (database) => {
    const given = profile.get('get_query');
    if (given === undefined && !hasTable(database, tableOf(profile))) return null;
    const query = pythonStr(given ?? `SELECT value FROM ${quoted(tableOf(profile))} WHERE key=:key`);
    const row = database.prepare(query).raw(true).get({ key }) as readonly unknown[] | undefined;
    return row === undefined ? null : decode(row[0], key);
  });
}

/** Keeps the value of a key, in a database and table that are made when there are none. */
export async function writeSqlite(key: string, value: Value, profile: Dict): Promise<true> {
  return ask(fileOf(profile), {}, (database) => {
    makeTable(database, profile);
    const table = quoted(tableOf(profile));
    const query = pythonStr(profile.get('set_query') ?? `INSERT OR REPLACE INTO ${table} VALUES (:key, :value)`);
    database.prepare(query).run({ key, value: Buffer.from(encodeValue(value)) });
    return true;
  });
}

function fileOf(profile: Dict): string {
  const file = profile.get('database');
  if (typeof file === 'string' && file.startsWith('/')) return file;
  throw failure('The sdb driver sqlite3 needs the absolute path of a database: database');
}

function tableOf(profile: Dict): string {
  return pythonStr(profile.get('table') ?? 'sdb');
}

function quoted(name: string): string {
  if (name.includes('\0')) throw failure('The name of a table has no NUL.');
  return `"${name.replaceAll('"', '""')}"`;
}

async function ask<Answer>(
  file: string,
  options: { readonly readonly?: boolean },
  question: (database: Libsql.Database) => Answer,
): Promise<Answer> {
  const { default: Database } = await import('libsql');
  let database: Libsql.Database | undefined;
  try {
    database = new Database(file, { ...options, timeout });
    return question(database);
  } catch (error) {
    throw failure(
      `The database ${file} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  } finally {
    database?.close();
  }
}

function hasTable(database: Libsql.Database, name: string): boolean {
  return (
    database.prepare("SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ?").get(name) !== undefined
  );
}

/** Statements of a user are tried every time, as in Salt: they say that the table is there already. */
function makeTable(database: Libsql.Database, profile: Dict): void {
  const given = profile.get('create_statements');
  if (Array.isArray(given) && given.length > 0) {
    tryAll(
      database,
      given.map((one) => pythonStr(one)),
    );
    return;
  }
  const name = tableOf(profile);
  if (profile.get('create_table') === false || hasTable(database, name)) return;
  database.exec(`CREATE TABLE ${quoted(name)} (key text, value blob)`);
  database.exec(`CREATE UNIQUE INDEX ${quoted(`${name}_idx`)} ON ${quoted(name)} (key)`);
}

function tryAll(database: Libsql.Database, statements: readonly string[]): void {
  try {
    for (const statement of statements) database.exec(statement);
  } catch {
    // What is really wrong shows in the query that follows.
  }
}

function decode(cell: unknown, key: string): Value {
  if (cell instanceof Uint8Array) return decodeValue(cell);
  throw failure(`the value of ${key} was not written by Salt: it is no MessagePack`);
}
