import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { resolveInside } from '@brine/common';
import { minionError } from '../errors.ts';

/** Files of the master's tree on this machine, below `files/ENVIRONMENT/PATH` of the cache folder. */
export interface FileCache {
  /** The absolute path of a cached file that has the given content; `undefined` when it has to be fetched. */
  find(saltenv: string, file: string, sha256: string): Promise<string | undefined>;
  /** The absolute path of a cached file, whatever its content; `undefined` when there is none. */
  locate(saltenv: string, file: string): Promise<string | undefined>;
  /** Puts a file in place, all or nothing, once its content proved to be what was promised. */
  store(request: {
    readonly saltenv: string;
    readonly path: string;
    readonly sha256: string;
    readonly parts: AsyncIterable<Uint8Array>;
  }): Promise<string>;
}

/** A cache below `directory`, for the owner alone: fetched files may hold secrets. */
export function createFileCache(directory: string): FileCache {
  function placeOf(saltenv: string, file: string): string {
    const root = path.join(directory, 'files');
    const place = resolveInside(root, path.posix.join(encodeURIComponent(saltenv), file));
    if (place === undefined || place === root) {
      throw minionError('file-refused', `the master serves ${file}, whose path leaves the cache`);
    }
    return place;
  }

  return {
    find: async (saltenv, file, sha256) => {
      const place = placeOf(saltenv, file);
      return (await hashOf(place)) === sha256 ? place : undefined;
    },
    locate: async (saltenv, file) => {
      const place = placeOf(saltenv, file);
      return (await hashOf(place)) === undefined ? undefined : place;
    },
    store: async ({ saltenv, path: file, sha256, parts }) => {
      const place = placeOf(saltenv, file);
      await fs.mkdir(path.dirname(place), { recursive: true, mode: 0o700 });
      const temporary = path.join(path.dirname(place), `.${randomBytes(8).toString('hex')}`);
      try {
        const found = await writeParts(temporary, parts);
        if (found !== sha256) throw minionError('file-damaged', `${file} changed on the master while it was fetched`);
        await fs.rename(temporary, place);
      } catch (error) {
        await fs.rm(temporary, { force: true });
        throw error;
      }
      return place;
    },
  };
}

async function writeParts(file: string, parts: AsyncIterable<Uint8Array>): Promise<string> {
  const handle = await fs.open(file, 'wx', 0o600);
  const hash = createHash('sha256');
  try {
    for await (const part of parts) {
      hash.update(part);
      await handle.appendFile(part);
    }
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}

async function hashOf(file: string): Promise<string | undefined> {
  try {
    const hash = createHash('sha256');
    const handle = await fs.open(file, 'r');
    for await (const part of handle.createReadStream()) hash.update(part as Buffer);
    return hash.digest('hex');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
