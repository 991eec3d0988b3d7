import { closeSync, fsyncSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Whether a database is as it was when it was closed last, properly and sound: its pages need not all be read. The mark of
 * that is taken away, durably, so that an end without it is noticed.
 */
export function takeCleanEnd(path: string): boolean {
  const mark = markOf(path);
  const left = read(mark);
  if (left === undefined) return false;
  rmSync(mark, { force: true });
  syncFolder(dirname(path));
  return left === stampOf(path);
}

/** Leaves the mark of a database that was closed just now. Without it, nothing is lost but the time of the next check. */
export function leaveCleanEnd(path: string): void {
  try {
    writeFileSync(markOf(path), stampOf(path), { mode: 0o600 });
  } catch {
    // A full disk: the next start looks at every page.
  }
}

function markOf(path: string): string {
  return `${path}.closed`;
}

/** Whoever writes to one of the files changes its size or its time. */
function stampOf(path: string): string {
  return ['', '-wal']
    .map((ending) => {
      const found = statSync(`${path}${ending}`, { throwIfNoEntry: false });
      return found === undefined ? 'none' : `${found.size} ${Math.floor(found.mtimeMs)}`;
    })
    .join('\n');
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
