import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import Database from 'libsql';

const pageSize = 4096;

/** Brings all of a database into its main file; tells how many pages that has. */
export function settlePages(path: string): number {
  const database = new Database(path);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  return statSync(path).size / pageSize;
}

/** Writes nonsense over a page. */
export function damagePage(path: string, page: number): void {
  const handle = openSync(path, 'r+');
  writeSync(handle, Buffer.alloc(pageSize, 0xa5), 0, pageSize, page * pageSize);
  closeSync(handle);
}
