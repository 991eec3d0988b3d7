import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '@brine/common';
import Database from 'libsql';
import { createSalvageMark, type SalvageMark } from './salvage-mark-store.ts';

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
  /** Whether an earlier start began with it, and died. */
  readonly isResumed: boolean;
  /** To be called when people were told: until then each start tells them. */
  readonly forget: () => void;
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
  /** What is wrong with it; `undefined` when nothing is. Asked unless an earlier salvage was cut off. */
  readonly problem: () => string | undefined;
  /** What tells its new name from others. */
  readonly stamp: string;
  /** Makes the new one at a path. */
  readonly create: (path: string) => Database.Database;
  /** Takes out what has lost its other half. */
  readonly settle: (fresh: Database.Database) => void;
  /** Where fault tests strike. */
  readonly reach: (failpoint: SalvageFailpoint) => void;
}

/** The durable steps of a salvage, in their order. */
export const salvageFailpoints = ['salvage.marked', 'salvage.moved', 'salvage.copied', 'salvage.placed'] as const;
export type SalvageFailpoint = (typeof salvageFailpoints)[number];

/** The files of a database; the main one last, so that none of the others is left when it is gone. */
const endings = ['-shm', '-wal', ''];

/**
 * Puts a damaged database aside, as `PATH.damaged-STAMP`, and what can be read of its tables into a new one at its place.
 * Whenever the process dies meanwhile, the next call finishes what was begun, and says so; until `forget` of the answer is
 * called, each call gives the answer again. `undefined` when the database is sound. Throws `store-unusable` when there can
 * be no new one.
 */
export function salvage(path: string, options: SalvageOptions): Salvage | undefined {
  try {
    return resume(path, createSalvageMark(path), options);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const message = `cannot keep what can be read of the damaged store ${path}: ${reason}`;
    throw new AppError({ code: 'store-unusable', message, cause: error });
  }
}

function resume(path: string, mark: SalvageMark, options: SalvageOptions): Salvage | undefined {
  const { stamp, reach } = options;
  const found = mark.read();
  const problem = found === undefined ? options.problem() : found.problem;
  if (problem === undefined) return undefined;
  const begun = found ?? { quarantine: freeName(`${path}.damaged-${stamp}`), problem };
  if (found === undefined) mark.write(begun);
  reach('salvage.marked');
  const fresh = `${path}.salvaged`;
  const copied = begun.copied ?? copyReadable(path, begun.quarantine, { ...options, fresh });
  if (begun.copied === undefined) mark.write({ ...begun, copied });
  reach('salvage.copied');
  if (existsSync(fresh)) renameSync(fresh, path);
  syncAt(dirname(path));
  reach('salvage.placed');
  const { quarantine } = begun;
  return { quarantine, problem, ...copied, isResumed: found !== undefined, forget: () => mark.remove() };
}

function freeName(wanted: string): string {
  let name = wanted;
  for (let next = 2; existsSync(name); next += 1) name = `${wanted}-${next}`;
  return name;
}

type Copied = Pick<Salvage, 'rows' | 'incomplete'>;

interface CopyOptions extends Pick<SalvageOptions, 'create' | 'settle' | 'reach'> {
  /** Where the new database comes to be. */
  readonly fresh: string;
}

/** Can be done again and again: what is damaged stays as it is, and a new one that is not whole is thrown away. */
function copyReadable(path: string, quarantine: string, { fresh, create, settle, reach }: CopyOptions): Copied {
  if (!existsSync(quarantine)) for (const ending of endings) moveAside(`${path}${ending}`, `${quarantine}${ending}`);
  syncAt(dirname(path));
  reach('salvage.moved');
  for (const ending of endings) rmSync(`${fresh}${ending}`, { force: true });
  const database = create(fresh);
  const rows: Record<string, number> = {};
  const incomplete: string[] = [];
  const old = openDamaged(quarantine);
  try {
    for (const table of tablesOf(database)) {
      const copied = old === undefined ? { count: 0, isWhole: false } : copyTable(old, database, table);
      rows[table.name] = copied.count;
      if (!copied.isWhole) incomplete.push(table.name);
    }
    settle(database);
    // The main file alone gets another name.
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    old?.close();
    database.close();
  }
  for (const ending of ['-shm', '-wal']) rmSync(`${fresh}${ending}`, { force: true });
  syncAt(fresh);
  return { rows, incomplete };
}

function syncAt(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
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
