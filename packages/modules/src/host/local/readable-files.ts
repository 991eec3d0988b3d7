import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
  type Stats,
} from 'node:fs';
import { open, readdir, readFile, readlink } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { FileStat, ReadableFiles } from '../../kit/index.ts';
import { errnoOf, fileFailure, isMissing } from './file-failure.ts';

// Beyond it a file is read in pieces, in the threads of the pool.
const smallBytes = 256 * 1024;

/**
 * Looking at the files of this machine. Looks at what something is, and small files, are taken in one go: handing them
 * to a thread and back costs several times what they cost themselves, and a run is made of thousands.
 */
export const localReadableFiles: ReadableFiles = {
  stat: (path, options) =>
    orMissing('look at', path, async () => toFileStat(options?.follow === true ? statSync(path) : lstatSync(path))),
  read: (path, options) =>
    orMissing('read', path, () =>
      options?.limit === undefined ? readWhole(path) : readPiece(path, options.limit, options.offset ?? 0),
    ),
  readLink: (path) => orMissing('read the link', path, () => readlink(path), ['EINVAL']),
  list: (path) => orMissing('list', path, async () => (await readdir(path)).toSorted(byCodePoint)),
  realPath: (path) => orMissing('resolve', path, async () => realpathSync.native(path)),
  hash: (path, algorithm) =>
    orMissing('read', path, async () => {
      const hash = createHash(algorithm);
      const small = readSmall(path);
      if (small !== undefined) return hash.update(small).digest('hex');
      refuseEndless(path);
      await pipeline(createReadStream(path), hash);
      return hash.digest('hex');
    }),
};

async function orMissing<Result>(
  action: string,
  path: string,
  look: () => Promise<Result>,
  absentCodes: readonly string[] = [],
): Promise<Result | undefined> {
  try {
    return await look();
  } catch (caught) {
    if (isMissing(caught) || absentCodes.includes(errnoOf(caught) ?? '')) return undefined;
    throw fileFailure(action, path, caught);
  }
}

async function readWhole(path: string): Promise<Uint8Array> {
  const small = readSmall(path);
  if (small !== undefined) return small;
  refuseEndless(path);
  return readFile(path);
}

/** What devices are known by that are empty at once: `/dev/null`. */
const nullDevice = 0x103;

// A thread that waits for the writer of a pipe cannot be ended, and some devices never come to an end.
function refuseEndless(path: string): void {
  const found = statSync(path);
  if (found.isFIFO()) throw new Error('it is a named pipe');
  if (found.isCharacterDevice() && found.rdev !== nullDevice) throw new Error('it is a device');
}

/** The content of a small regular file; nothing else is opened, since a pipe would keep its reader waiting. */
function readSmall(path: string): Buffer | undefined {
  const found = statSync(path);
  // Files of /proc have no size until they are read.
  if (!found.isFile() || found.size === 0 || found.size > smallBytes) return undefined;
  const descriptor = openSync(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(found.size + 1);
    let length = 0;
    for (let count = -1; count !== 0 && length < bytes.length; length += count)
      count = readSync(descriptor, bytes, length, bytes.length - length, null);
    // One that has grown meanwhile is left to the other way.
    return length > found.size ? undefined : bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

async function readPiece(path: string, limit: number, offset: number): Promise<Uint8Array> {
  if (statSync(path).isFIFO()) throw new Error('it is a named pipe');
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(limit);
    const { bytesRead } = await file.read(head, 0, limit, offset);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function toFileStat(stats: Stats): FileStat {
  return {
    kind: kindOf(stats),
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    size: stats.size,
    modifiedAt: stats.mtimeMs,
    accessedAt: stats.atimeMs,
    changedAt: stats.ctimeMs,
    inode: stats.ino,
    device: stats.dev,
    linkCount: stats.nlink,
  };
}

function kindOf(stats: Stats): FileStat['kind'] {
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isDirectory()) return 'directory';
  if (stats.isFIFO()) return 'fifo';
  if (stats.isSocket()) return 'socket';
  if (stats.isBlockDevice()) return 'block-device';
  return stats.isCharacterDevice() ? 'character-device' : 'file';
}
