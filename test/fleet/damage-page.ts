import { closeSync, openSync, statSync, writeSync } from 'node:fs';

const pageSize = 4096;

/** Writes nonsense over the last page of a database that no process has open. */
export function damageLastPage(path: string): void {
  const size = Math.max(statSync(path).size, pageSize);
  const handle = openSync(path, 'r+');
  writeSync(handle, Buffer.alloc(pageSize, 0xa5), 0, pageSize, size - pageSize);
  closeSync(handle);
  // What the log of changes holds would hide the damage.
  closeSync(openSync(`${path}-wal`, 'w'));
}
