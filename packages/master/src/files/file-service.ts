import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { AppError } from '@brine/common';
import type { FileRoots, FoundFile } from '@brine/sls';

/** Bytes of one answer to `file.read`. */
export const maxReadLength = 1024 * 1024;

/** A served file as a minion is told of it. */
export interface ServedFile {
  /** Hex. */
  readonly sha256: string;
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
}

/** The master's file server. Everything is read fresh; digests are kept for as long as a file does not change. */
export interface FileService {
  environments(): Promise<readonly string[]>;
  manifest(saltenv: string): ReturnType<FileRoots['manifest']>;
  /** Throws `file-not-found`. */
  describe(path: string, saltenv: string): Promise<ServedFile>;
  /** A piece of a file; `end` when nothing follows it. Throws `file-not-found`. */
  read(request: {
    readonly path: string;
    readonly saltenv: string;
    readonly offset: number;
    readonly length: number;
  }): Promise<ServedFile & { readonly bytes: Uint8Array; readonly end: boolean }>;
}

/** Digests kept in memory. */
const digestLimit = 50_000;

/** Serves file roots. */
export function createFileService(roots: FileRoots): FileService {
  const digests = new Map<string, string>();

  async function requireFile(path: string, saltenv: string): Promise<FoundFile> {
    const found = await roots.find(path, saltenv);
    if (found !== undefined) return found;
    throw new AppError({ code: 'file-not-found', message: `no file salt://${path} in environment '${saltenv}'` });
  }

  async function describe(found: FoundFile): Promise<ServedFile> {
    const { size, mode, modifiedAt } = found.stat;
    const key = `${found.realPath}\0${size}\0${modifiedAt}`;
    const known = digests.get(key);
    const sha256 = known ?? (await digestOf(found.realPath));
    if (known === undefined) {
      if (digests.size >= digestLimit) digests.clear();
      digests.set(key, sha256);
    }
    return { sha256, size, mode };
  }

  return {
    environments: async () => roots.environments(),
    manifest: async (saltenv) => roots.manifest(saltenv),
    describe: async (path, saltenv) => describe(await requireFile(path, saltenv)),
    async read({ path, saltenv, offset, length }) {
      const found = await requireFile(path, saltenv);
      const served = await describe(found);
      const bytes = await readPiece(found.realPath, offset, Math.min(length, maxReadLength));
      return { ...served, bytes, end: offset + bytes.length >= served.size };
    },
  };
}

async function digestOf(path: string): Promise<string> {
  const file = await openRegularFile(path);
  const hash = createHash('sha256');
  await pipeline(file.createReadStream(), hash);
  return hash.digest('hex');
}

async function readPiece(path: string, offset: number, length: number): Promise<Uint8Array> {
  const file = await openRegularFile(path);
  try {
    const buffer = Buffer.allocUnsafe(length);
    const { bytesRead } = await file.read(buffer, 0, length, offset);
    return new Uint8Array(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** A pipe put in a file's place must not make the master wait for its writer. */
async function openRegularFile(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new AppError({ code: 'file-not-found', message: `${path} is no longer a regular file` });
}
