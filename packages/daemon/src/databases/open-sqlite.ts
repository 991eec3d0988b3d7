import { existsSync } from 'node:fs';
import { toFloat, type Value } from '@brine/common';
import { daemonError } from '../errors.ts';

/** A database that answers queries. */
export interface QueriedDatabase {
  /** Every place for a value in the query is filled with `parameter`. */
  query(
    sql: string,
    parameter: string,
  ): Promise<{ readonly fields: readonly string[]; readonly rows: readonly (readonly Value[])[] }>;
  close(): Promise<void>;
}

/** Opens a SQLite file for reading. `timeout`: seconds to wait for one that is locked. Throws `database-unusable`. */
export async function openSqlite(file: string, timeout: number): Promise<QueriedDatabase> {
  if (!existsSync(file)) throw daemonError('database-unusable', `there is no database ${file}`);
  const { default: Database } = await import('libsql');
  const database = new Database(file, { readonly: true, timeout: timeout * 1000 });
  database.defaultSafeIntegers(true);
  return {
    async query(sql, parameter) {
      try {
        const statement = database.prepare(sql);
        const fields = statement.columns().map(({ name }) => name);
        const parameters = Array.from({ length: countPlaces(sql) }, () => parameter);
        return { fields, rows: (statement.raw(true).all(...parameters) as unknown[][]).map((row) => row.map(toCell)) };
      } catch (cause) {
        throw daemonError('database-unusable', cause instanceof Error ? cause.message : String(cause), { cause });
      }
    },
    close: async () => void database.close(),
  };
}

/** The `?` outside of texts, names and comments. */
function countPlaces(sql: string): number {
  const apart = sql.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--.*|\/\*[^]*?\*\//g, ' ');
  return apart.split('?').length - 1;
}

function toCell(cell: unknown): Value {
  if (typeof cell === 'bigint') return Number.isSafeInteger(Number(cell)) ? Number(cell) : cell;
  if (typeof cell === 'number') return toFloat(cell);
  if (cell instanceof Uint8Array) return new Uint8Array(cell);
  return typeof cell === 'string' ? cell : null;
}
