import { renameSync } from 'node:fs';
import { AppError } from '@brine/common';
import Database from 'libsql';

/** What came out of a damaged database. */
export interface Salvage {
  /** Where the damaged file is now. */
  readonly quarantine: string;
  /** What is wrong with it, in SQLite's words. */
  readonly problem: string;
  /** Rows that could be read, by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Tables of which a part could not be read. */
  readonly incomplete: readonly string[];
}

/** Whether SQLite failed because of what is in the file, and not because of what was asked. */
export function isDamage(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && /^SQLITE_(?:CORRUPT|NOTADB)/.test(code);
}

/** What is wrong inside a database file; `undefined` when it is sound. A new and empty one is. */
export function findDamage(path: string): string | undefined {
  let database: Database.Database | undefined;
  try {
    database = new Database(path);
    const [row] = database.prepare('PRAGMA quick_check(1)').all() as { readonly quick_check: string }[];
    return row === undefined || row.quick_check === 'ok' ? undefined : row.quick_check;
  } catch (error) {
    // What else is wrong is told by whoever opens it.
    if (!isDamage(error)) return undefined;
    return error instanceof Error ? error.message : String(error);
  } finally {
    database?.close();
  }
}

/** How a database is salvaged. */
export interface SalvageOptions {
  /** What is wrong with it. */
  readonly problem: string;
  /** What tells its new name from others. */
  readonly stamp: string;
  readonly create: () => Database.Database;
  /** Takes out what has lost its other half. */
  readonly settle: (fresh: Database.Database) => void;
}

/**
 * Puts a damaged database aside, as `PATH.damaged-STAMP`, and copies what can be read of the tables into the new one that
 * `create` makes at its place. The damaged file is left as it was. Throws `store-unusable` when there can be no new one.
 */
export function salvage(path: string, { problem, stamp, create, settle }: SalvageOptions): Salvage {
  const quarantine = `${path}.damaged-${stamp}`;
  for (const ending of ['', '-wal', '-shm']) moveAside(`${path}${ending}`, `${quarantine}${ending}`);
  const fresh = create();
  const rows: Record<string, number> = {};
  const incomplete: string[] = [];
  const old = openDamaged(quarantine);
  try {
    for (const table of tablesOf(fresh)) {
      const copied = old === undefined ? { count: 0, isWhole: false } : copyTable(old, fresh, table);
      rows[table.name] = copied.count;
      if (!copied.isWhole) incomplete.push(table.name);
    }
    settle(fresh);
  } finally {
    old?.close();
    fresh.close();
  }
  return { quarantine, problem, rows, incomplete };
}

function moveAside(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError({
      code: 'store-unusable',
      message: `cannot put the damaged ${from} aside: ${reason}`,
      cause: error,
    });
  }
}

/** A file whose first page is gone cannot be read at all. */
function openDamaged(path: string): Database.Database | undefined {
  try {
    const database = new Database(path);
    database.prepare('SELECT name FROM sqlite_master').all();
    return database;
  } catch {
    return undefined;
  }
}

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  /** The columns of the primary key, by which rows are ordered. */
  readonly key: readonly string[];
}

function tablesOf(database: Database.Database): readonly Table[] {
  const sql = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`;
  const names = (database.prepare(sql).all() as { readonly name: string }[]).map(({ name }) => name);
  return names.map((name) => {
    const columns = database.prepare(`PRAGMA table_info("${name}")`).all() as { name: string; pk: number }[];
    const key = columns.filter(({ pk }) => pk > 0).sort((one, other) => one.pk - other.pk);
    return { name, columns: columns.map((column) => column.name), key: key.map((column) => column.name) };
  });
}

type Row = Readonly<Record<string, unknown>>;

/** Reads from both ends, so that what lies behind a damaged page is reached too. */
function copyTable(
  from: Database.Database,
  to: Database.Database,
  table: Table,
): { readonly count: number; readonly isWhole: boolean } {
  const names = table.columns.map((name) => `"${name}"`).join(', ');
  const places = table.columns.map(() => '?').join(', ');
  const insert = to.prepare(`INSERT OR IGNORE INTO "${table.name}" (${names}) VALUES (${places})`);
  let count = 0;
  const keep = (row: Row): void => {
    const values = table.columns.map((name) => toStorable(row[name]));
    // What is read out of a broken cell may be nothing that a column can hold.
    if (!values.includes(undefined)) count += insert.run(...values).changes;
  };
  to.exec('BEGIN');
  const isWhole = readAlong({ from, table, direction: 'ASC' }, keep);
  if (!isWhole) readAlong({ from, table, direction: 'DESC' }, keep);
  to.exec('COMMIT');
  return { count, isWhole };
}

function toStorable(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (value instanceof ArrayBuffer) return Buffer.from(value);
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return ['number', 'string', 'bigint'].includes(typeof value) ? value : undefined;
}

interface Reading {
  readonly from: Database.Database;
  readonly table: Table;
  readonly direction: 'ASC' | 'DESC';
}

/** Row by row after the last one that could be read; false when something could not. */
function readAlong({ from, table, direction }: Reading, keep: (row: Row) => void): boolean {
  const { name, columns, key } = table;
  const present = columnsIn(from, name);
  const list = columns.map((column) => (present.has(column) ? `"${column}"` : `NULL AS "${column}"`)).join(', ');
  const order = key.map((column) => `"${column}" ${direction}`).join(', ');
  const tuple = `(${key.map((column) => `"${column}"`).join(', ')})`;
  const beyond = `${tuple} ${direction === 'ASC' ? '>' : '<'} (${key.map(() => '?').join(', ')})`;
  try {
    let [row] = from.prepare(`SELECT ${list} FROM "${name}" ORDER BY ${order} LIMIT 1`).all() as Row[];
    const next = from.prepare(`SELECT ${list} FROM "${name}" WHERE ${beyond} ORDER BY ${order} LIMIT 1`);
    const seen = new Set<string>();
    while (row !== undefined) {
      const after: Row = row;
      const at = key.map((column) => String(after[column])).join('\0');
      // Broken keys may be out of order, and lead back.
      if (seen.has(at)) return false;
      seen.add(at);
      keep(row);
      [row] = next.all(...key.map((column) => after[column])) as Row[];
    }
    return true;
  } catch (error) {
    if (!isDamage(error) && !/no such table/.test(String(error))) throw error;
    return false;
  }
}

/** A file of an older version lacks some columns. */
function columnsIn(database: Database.Database, table: string): ReadonlySet<string> {
  const columns = database.prepare(`PRAGMA table_info("${table}")`).all() as { readonly name: string }[];
  return new Set(columns.map(({ name }) => name));
}
