import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { resolveInside } from '@brine/common';
import { minionError } from '../errors.ts';

/** Files of other servers on this machine, below `extrn_files/ENVIRONMENT/HOST/PATH` of the cache folder. */
export interface RemoteCache {
  /** Where the copy of a URL lies, and the mark its server gave it (an ETag); `undefined` when there is none. */
  find(url: URL, saltenv: string): Promise<RemoteCopy | undefined>;
  /** Puts a copy in place, all or nothing, and answers its path. */
  store(
    url: URL,
    saltenv: string,
    content: { readonly body: Readable; readonly mark?: string },
    signal?: AbortSignal,
  ): Promise<string>;
}

/** A copy of a file of another server. */
export interface RemoteCopy {
  readonly path: string;
  readonly mark?: string;
}

/** A cache below `directory`, for the owner alone: fetched files may hold secrets. */
export function createRemoteCache(directory: string): RemoteCache {
  // What of a URL does not fit a path (its query, a slash at its end) is told by a digest.
  function placeOf(url: URL, saltenv: string): string {
    const root = path.join(directory, 'extrn_files');
    const rest = url.search === '' ? '' : `-${createHash('sha256').update(url.search).digest('hex').slice(0, 16)}`;
    const name = url.pathname.endsWith('/') ? `${url.pathname}index` : url.pathname;
    const place = resolveInside(root, path.posix.join(encodeURIComponent(saltenv), url.host, `${name}${rest}`));
    if (place === undefined || place === root)
      throw minionError('remote-file', `the path of ${url.host}${url.pathname} leaves the cache`);
    return place;
  }

  return {
    find: async (url, saltenv) => {
      const place = placeOf(url, saltenv);
      const stat = await fs.stat(place).catch(() => undefined);
      if (stat?.isFile() !== true) return undefined;
      const mark = await fs.readFile(`${place}.etag`, 'utf8').catch(() => undefined);
      return { path: place, ...(mark === undefined ? {} : { mark }) };
    },
    store: async (url, saltenv, { body, mark }, signal) => {
      const place = placeOf(url, saltenv);
      await fs.mkdir(path.dirname(place), { recursive: true, mode: 0o700 });
      const temporary = path.join(path.dirname(place), `.${randomBytes(8).toString('hex')}`);
      try {
        const file = createWriteStream(temporary, { flags: 'wx', mode: 0o600 });
        await (signal === undefined ? pipeline(body, file) : pipeline(body, file, { signal }));
        await fs.rm(`${place}.etag`, { force: true });
        await fs.rename(temporary, place);
        if (mark !== undefined) await fs.writeFile(`${place}.etag`, mark, { mode: 0o600 });
      } finally {
        await fs.rm(temporary, { force: true });
      }
      return place;
    },
  };
}

/** Hex digest of a file, read as a stream. */
export async function digestFile(file: string, algorithm: string): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
