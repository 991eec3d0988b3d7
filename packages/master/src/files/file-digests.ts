import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { AppError } from '@brine/common';

/** A file as a walk found it. */
export interface DigestibleFile {
  readonly realPath: string;
  readonly size: number;
  /** Milliseconds since the Unix epoch. */
  readonly modifiedAt: number;
  /** Another text whenever the content may be another. */
  readonly version?: string;
}

/** SHA-256 digests of files, kept for as long as a file does not change. */
export interface FileDigests {
  /** Hex. Throws `file-not-found` when there is no regular file. */
  digest(file: DigestibleFile): Promise<string>;
  /** Whether {@link FileDigests.digest} would answer without reading. */
  isKnown(file: DigestibleFile): boolean;
}

/** Digests kept in memory, some 300 bytes each. */
const digestLimit = 200_000;

/** Creates an empty memory of digests. */
export function createFileDigests(): FileDigests {
  const known = new Map<string, { readonly version: string; readonly sha256: string }>();
  const isKnown = (file: DigestibleFile): boolean => known.get(file.realPath)?.version === versionOf(file);
  return {
    isKnown,
    async digest(file) {
      const remembered = known.get(file.realPath);
      if (remembered !== undefined && isKnown(file)) return remembered.sha256;
      const sha256 = await hashFile(file.realPath);
      known.delete(file.realPath);
      known.set(file.realPath, { version: versionOf(file), sha256 });
      const [oldest] = known.keys();
      if (known.size > digestLimit && oldest !== undefined) known.delete(oldest);
      return sha256;
    },
  };
}

function versionOf({ version, size, modifiedAt }: DigestibleFile): string {
  return version ?? `${size}:${modifiedAt}`;
}

async function hashFile(path: string): Promise<string> {
  const file = await openRegularFile(path);
  const hash = createHash('sha256');
  await pipeline(file.createReadStream(), hash);
  return hash.digest('hex');
}

/**
 * Opens a real path for reading. Neither a pipe put in the file's place may make the master wait for its writer, nor a
 * link lead it elsewhere.
 */
export async function openRegularFile(path: string): Promise<FileHandle> {
  const file = await openWithoutWaiting(path);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw notThere(path);
}

async function openWithoutWaiting(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw notThere(path, error);
    throw error;
  }
}

function notThere(path: string, cause?: unknown): Error {
  return new AppError({ code: 'file-not-found', message: `${path} is no longer a readable file`, cause });
}
