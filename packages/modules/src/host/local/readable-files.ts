import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { lstat, open, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { FileStat, ReadableFiles } from '../../kit/index.ts';
import { errnoOf, fileFailure, isMissing } from './file-failure.ts';

/** Looking at the files of this machine. */
export const localReadableFiles: ReadableFiles = {
  stat: (path, options) =>
    orMissing('look at', path, async () => toFileStat(await (options?.follow === true ? stat(path) : lstat(path)))),
  read: (path, options) =>
    orMissing('read', path, () =>
      options?.limit === undefined ? readFile(path) : readPiece(path, options.limit, options.offset ?? 0),
    ),
  readLink: (path) => orMissing('read the link', path, () => readlink(path), ['EINVAL']),
  list: (path) => orMissing('list', path, async () => (await readdir(path)).toSorted(byCodePoint)),
  realPath: (path) => orMissing('resolve', path, () => realpath(path)),
  hash: (path, algorithm) =>
    orMissing('read', path, async () => {
      const hash = createHash(algorithm);
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

async function readPiece(path: string, limit: number, offset: number): Promise<Uint8Array> {
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
