import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { noFailpoints, resolveInside, type Failpoints } from '@brine/common';
import { guard } from '../worker/failpoints.ts';
import { minionError } from '../errors.ts';
import { createBlobStore, type BlobSource } from './blob-store.ts';
import { lookAt } from './look-at.ts';

/** A file of the master's tree that is wanted here. */
export interface WantedFile {
  readonly saltenv: string;
  readonly path: string;
  /** Hex. */
  readonly sha256: string;
}

/**
 * Files of the master's tree on this machine. Contents lie by their digest below `blobs/`, and under their names, as Salt
 * has them, below `files/ENVIRONMENT/PATH`: both are the same file, so a content is fetched and kept once.
 */
export interface FileCache {
  /** The absolute path of a cached file that has the given content; `undefined` when it has to be fetched. */
  find(wanted: WantedFile): Promise<string | undefined>;
  /** The absolute path of a cached file, whatever its content; `undefined` when there is none. */
  locate(saltenv: string, path: string): Promise<string | undefined>;
  /** Fetches what is missing of a content and puts the file in place, all or nothing, once it proved to be what was promised. */
  store(wanted: WantedFile, source: BlobSource): Promise<string>;
  /** What {@link FileCache.rememberManifest} was given last for an environment. */
  manifest(saltenv: string): Promise<Uint8Array | undefined>;
  /** Keeps what the master listed, so that it need not be sent again while nothing changes. */
  rememberManifest(saltenv: string, manifest: Uint8Array): Promise<void>;
}

/** A cache below `directory`, for the owner alone: fetched files may hold secrets. */
export function createFileCache(
  directory: string,
  limitBytes = Number.POSITIVE_INFINITY,
  failpoints: Failpoints = noFailpoints,
): FileCache {
  const contents = createBlobStore({
    directory: path.join(directory, 'blobs'),
    names: path.join(directory, 'files'),
    ...{ limitBytes, failpoints },
  });
  const blobs = guard('blobs', contents, failpoints);
  const manifestOf = (saltenv: string): string => path.join(directory, 'manifests', encodeURIComponent(saltenv));

  function placeOf({ saltenv, path: file }: Pick<WantedFile, 'saltenv' | 'path'>): string {
    const root = path.join(directory, 'files');
    const place = resolveInside(root, path.posix.join(encodeURIComponent(saltenv), file));
    if (place === undefined || place === root) {
      throw minionError('file-refused', `the master serves ${file}, whose path leaves the cache`);
    }
    return place;
  }

  return {
    find: async (wanted) => {
      const place = placeOf(wanted);
      const blob = await blobs.find(wanted.sha256);
      if (blob !== undefined) await nameFile(blob, place);
      return blob === undefined ? undefined : place;
    },
    locate: async (saltenv, file) => {
      const place = placeOf({ saltenv, path: file });
      return (await fs.stat(place).catch(() => undefined))?.isFile() === true ? place : undefined;
    },
    store: async (wanted, source) => {
      const place = placeOf(wanted);
      await nameFile(await blobs.store(wanted.sha256, source), place);
      return place;
    },
    manifest: async (saltenv) => {
      const kept = await fs.readFile(manifestOf(saltenv)).catch(() => undefined);
      const manifest = kept?.subarray(checksumLength);
      const isWhole =
        manifest !== undefined && checksum(manifest).equals(kept?.subarray(0, checksumLength) ?? manifest);
      return isWhole ? manifest : undefined;
    },
    rememberManifest: async (saltenv, manifest) =>
      replaceQuietly(manifestOf(saltenv), Buffer.concat([checksum(manifest), manifest])),
  };
}

const checksumLength = 32;

function checksum(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** Gives a content its name; the same file under both, or a copy where the disk knows no links. */
async function nameFile(blob: string, place: string): Promise<void> {
  const [content, named] = [lookAt(blob), lookAt(place)];
  if (named !== undefined && named.ino === content?.ino && named.dev === content.dev) return;
  await clearTheWay(place);
  const temporary = path.join(path.dirname(place), `.${randomBytes(8).toString('hex')}`);
  try {
    await fs.link(blob, temporary).catch(() => fs.copyFile(blob, temporary));
    await fs.rename(temporary, place);
  } finally {
    await fs.rm(temporary, { force: true });
  }
}

/** What was a file on the master may be a folder now, and the other way round. */
async function clearTheWay(place: string): Promise<void> {
  const folder = path.dirname(place);
  try {
    await fs.mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (!['ENOTDIR', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    for (let above = folder; ; above = path.dirname(above)) {
      const stat = await fs.lstat(above).catch(() => undefined);
      if (stat?.isFile() !== true) continue;
      await fs.rm(above);
      break;
    }
    await fs.mkdir(folder, { recursive: true, mode: 0o700 });
  }
  if ((await fs.lstat(place).catch(() => undefined))?.isDirectory() === true) await fs.rm(place, { recursive: true });
}

/** A manifest that cannot be kept is only asked for again. */
async function replaceQuietly(file: string, content: Uint8Array): Promise<void> {
  const temporary = `${file}.${randomBytes(8).toString('hex')}`;
  try {
    await fs.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await fs.writeFile(temporary, content, { mode: 0o600 });
    await fs.rename(temporary, file);
  } catch {
    await fs.rm(temporary, { force: true }).catch(() => {});
  }
}
