import { AppError } from '@brine/common';
import type { FileRoots, FoundFile } from '@brine/sls';
import { createFileDigests, openRegularFile } from './file-digests.ts';
import { createTreeSnapshots, type TreeSnapshot } from './tree-snapshots.ts';

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
  /** What an environment serves, without digests. */
  manifest(saltenv: string): ReturnType<FileRoots['manifest']>;
  /** What an environment serves at one moment, with the digest of each file. */
  snapshot(saltenv: string): Promise<TreeSnapshot>;
  /** Throws `file-not-found`. */
  describe(path: string, saltenv: string): Promise<ServedFile>;
  /**
   * A piece of a file; `end` when nothing follows it. Throws `file-not-found`, and `file-changed` when the file has not
   * the content that `sha256` asks for.
   */
  read(request: {
    readonly path: string;
    readonly saltenv: string;
    readonly offset: number;
    readonly length: number;
    readonly sha256?: string | undefined;
  }): Promise<ServedFile & { readonly bytes: Uint8Array; readonly end: boolean }>;
}

/** Serves file roots. */
export function createFileService(roots: FileRoots): FileService {
  const digests = createFileDigests();
  const snapshots = createTreeSnapshots(roots, digests);

  async function requireFile(path: string, saltenv: string): Promise<FoundFile> {
    const found = await roots.find(path, saltenv);
    if (found !== undefined) return found;
    throw new AppError({ code: 'file-not-found', message: `no file salt://${path} in environment '${saltenv}'` });
  }

  async function describe({ realPath, stat }: FoundFile): Promise<ServedFile> {
    return { sha256: await digests.digest({ realPath, ...stat }), size: stat.size, mode: stat.mode };
  }

  return {
    environments: async () => roots.environments(),
    manifest: async (saltenv) => roots.manifest(saltenv),
    snapshot: async (saltenv) => snapshots.take(saltenv),
    describe: async (path, saltenv) => describe(await requireFile(path, saltenv)),
    async read({ path, saltenv, offset, length, sha256 }) {
      const found = await requireFile(path, saltenv);
      const served = await describe(found);
      if (sha256 !== undefined && sha256 !== served.sha256) {
        const message = `salt://${path} of environment '${saltenv}' is another than when it was listed`;
        throw new AppError({ code: 'file-changed', message });
      }
      const bytes = await readPiece(found.realPath, offset, Math.min(length, maxReadLength));
      return { ...served, bytes, end: offset + bytes.length >= served.size };
    },
  };
}

async function readPiece(path: string, offset: number, length: number): Promise<Uint8Array> {
  const file = await openRegularFile(path);
  try {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await file.read(buffer, 0, length, offset);
    return new Uint8Array(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}
