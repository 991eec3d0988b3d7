import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { noFailpoints, type Failpoints } from '@brine/common';
import { minionError } from '../errors.ts';
import { hashFile } from '../files/hash-file.ts';
import { evictBlobs } from './evict-blobs.ts';
import { lookAt } from './look-at.ts';

/** Where the bytes of a content come from. */
export interface BlobSource {
  /** For people, in errors. */
  readonly name: string;
  /** What follows the first `offset` bytes. */
  read(offset: number): AsyncIterable<Uint8Array>;
}

/** Contents by their digest, each whole or not there at all. */
export interface BlobStore {
  /** The absolute path of a content that is there; what was altered by hand is thrown away. */
  find(sha256: string): Promise<string | undefined>;
  /**
   * Fetches a content, going on where an earlier fetch broke off. Throws `file-damaged` when what came is something else.
   */
  store(sha256: string, source: BlobSource): Promise<string>;
}

/** What a blob store is made of. */
export interface BlobStoreOptions {
  readonly directory: string;
  /** A folder whose files are further names of contents; they go when their content goes. */
  readonly names: string;
  /** Beyond it contents that were not used for long are thrown away. */
  readonly limitBytes: number;
  /** Where fault tests strike; nowhere unless given. */
  readonly failpoints?: Failpoints;
}

// Much less than the hour for which eviction spares what was used.
const touchedMilliseconds = 600_000;

/** Opens a store; folders are made when they are needed. */
export function createBlobStore(options: BlobStoreOptions): BlobStore {
  const { directory } = options;
  // Reading a content to prove it is done once by a store, unless the file changed since.
  const proven = new Map<string, string>();
  const placeOf = (sha256: string): string => path.join(directory, sha256.slice(0, 2), sha256);

  async function find(sha256: string): Promise<string | undefined> {
    const place = placeOf(sha256);
    const stat = lookAt(place);
    if (stat === undefined) return undefined;
    if (proven.get(sha256) !== versionOf(stat)) {
      if ((await hashFile(place)) !== sha256) {
        await fs.rm(place, { force: true });
        return undefined;
      }
      proven.set(sha256, versionOf(stat));
    }
    // Only the time of use is told; that of the content is what proves it unaltered.
    if (Date.now() - Number(stat.atimeMs) > touchedMilliseconds)
      await fs.utimes(place, new Date(), stat.mtime).catch(() => {});
    return place;
  }

  async function store(sha256: string, source: BlobSource): Promise<string> {
    const place = placeOf(sha256);
    await fs.mkdir(path.dirname(place), { recursive: true, mode: 0o700 });
    await fetchWhole(await takePart(place), sha256, source);
    await (options.failpoints ?? noFailpoints).reach('blobs.fetched');
    await fs.rename(partOf(place), place);
    await evict(place);
    return place;
  }

  /** Bytes that are kept, as far as this process knows; a walk over all contents for each new one would cost too much. */
  let bytes: number | undefined;
  async function evict(keep: string): Promise<void> {
    if (bytes !== undefined) bytes += (await fs.stat(keep)).size;
    if (bytes === undefined || bytes > options.limitBytes) bytes = await evictBlobs({ ...options, keep });
  }

  const storing = new Map<string, Promise<string>>();
  return {
    find,
    store: async (sha256, source) => {
      const stored = storing.get(sha256) ?? store(sha256, source).finally(() => storing.delete(sha256));
      storing.set(sha256, stored);
      return stored;
    },
  };
}

async function fetchWhole(part: string, sha256: string, source: BlobSource): Promise<void> {
  const { size } = await fs.stat(part).catch(() => ({ size: 0 }));
  if (await fetchInto(part, sha256, source)) return;
  await fs.rm(part, { force: true });
  // What an earlier fetch had left may be what was wrong.
  if (size > 0 && (await fetchInto(part, sha256, source))) return;
  await fs.rm(part, { force: true });
  throw minionError('file-damaged', `what came for ${source.name} is not what the master promised`);
}

function partOf(place: string): string {
  return `${place}.${process.pid}.part`;
}

function versionOf({ ino, size, mtimeNs }: BigIntStats): string {
  return `${ino}:${size}:${mtimeNs}`;
}

/** Takes over what a process that is gone left of the same content; of several only one gets it. */
async function takePart(place: string): Promise<string> {
  const own = partOf(place);
  const folder = path.dirname(place);
  for (const name of await fs.readdir(folder)) {
    const pid = partOwner(name, path.basename(place));
    if (pid === undefined || pid === process.pid || isRunning(pid)) continue;
    const taken = await fs.rename(path.join(folder, name), own).then(
      () => true,
      () => false,
    );
    if (taken) break;
  }
  return own;
}

function partOwner(name: string, sha256: string): number | undefined {
  const [digest, pid, end] = name.split('.');
  return digest === sha256 && end === 'part' ? Number(pid) : undefined;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Appends what is missing; answers whether the whole has the digest. A broken fetch leaves what came. */
async function fetchInto(part: string, sha256: string, source: BlobSource): Promise<boolean> {
  const handle = await fs.open(part, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const hash = createHash('sha256');
    if (size > 0)
      for await (const bytes of handle.createReadStream({ start: 0, autoClose: false })) hash.update(bytes as Buffer);
    for await (const bytes of source.read(size)) {
      hash.update(bytes);
      await handle.appendFile(bytes);
    }
    await handle.datasync();
    return hash.digest('hex') === sha256;
  } finally {
    await handle.close();
  }
}
