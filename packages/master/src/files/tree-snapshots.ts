import { createHash } from 'node:crypto';
import { isAppError } from '@brine/common';
import type { FileManifest, FileRoots, ManifestEntry } from '@brine/sls';
import type { FileDigests } from './file-digests.ts';

/** A file, directory or symlink of a snapshot, as minions are told of it. */
export interface SnapshotEntry extends Omit<ManifestEntry, 'realPath' | 'version'> {
  /** Hex; of files only. */
  readonly sha256?: string;
}

/** Everything an environment serves, at one moment. */
export interface TreeSnapshot {
  /** A digest over all of it: the same id means the same paths, modes and contents. */
  readonly id: string;
  readonly entries: readonly SnapshotEntry[];
  readonly emptyDirectories: readonly string[];
}

/** Takes snapshots of environments. */
export interface TreeSnapshots {
  /** What the environment serves now: never less fresh than the call. Askers at the same time share the work. */
  take(saltenv: string): Promise<TreeSnapshot>;
}

/** Files that are read at the same time for their digests. */
const parallelReads = 8;
/** A tree that changes under every look is served as the last look found it; each file is checked again when it is read. */
const mostLooks = 5;

/** Takes snapshots of file roots. */
export function createTreeSnapshots(roots: FileRoots, digests: FileDigests): TreeSnapshots {
  const environments = new Map<string, ReturnType<typeof createSharedWork<TreeSnapshot>>>();
  return {
    take: async (saltenv) => {
      const shared = environments.get(saltenv) ?? createSharedWork(() => snapshot(saltenv, roots, digests));
      environments.set(saltenv, shared);
      return shared().finally(() => {
        if (shared.isIdle()) environments.delete(saltenv);
      });
    },
  };
}

/** One run at a time; who asks while one is under way waits for the next, which begins after the question. */
function createSharedWork<Result>(work: () => Promise<Result>): (() => Promise<Result>) & { isIdle(): boolean } {
  let running: Promise<unknown> | undefined;
  let next: Promise<Result> | undefined;
  const begin = (): Promise<Result> => {
    const begun = work();
    const settled = begun.then(
      () => {},
      () => {},
    );
    running = settled;
    void settled.then(() => {
      if (running === settled) running = undefined;
    });
    return begun;
  };
  const ask = (): Promise<Result> => {
    if (running === undefined) return begin();
    next ??= running.then(() => {
      next = undefined;
      return begin();
    });
    return next;
  };
  return Object.assign(ask, { isIdle: () => running === undefined && next === undefined });
}

async function snapshot(saltenv: string, roots: FileRoots, digests: FileDigests): Promise<TreeSnapshot> {
  let manifest = await roots.manifest(saltenv);
  for (let look = 1; ; look += 1) {
    const isFamiliar = manifest.entries.every((entry) => entry.kind !== 'file' || digests.isKnown(entry));
    const entries = await withDigests(manifest.entries, digests);
    // Reading takes time: what changed meanwhile must not stand beside what was read before it.
    const after = isFamiliar || look >= mostLooks ? manifest : await roots.manifest(saltenv);
    if (after === manifest || isSame(after, manifest)) return toSnapshot(entries, manifest.emptyDirectories);
    manifest = after;
  }
}

function isSame(one: FileManifest, other: FileManifest): boolean {
  return (
    one.entries.length === other.entries.length &&
    one.entries.every((entry, index) => {
      const twin = other.entries[index];
      return twin?.path === entry.path && twin.version === entry.version && twin.linkTarget === entry.linkTarget;
    })
  );
}

async function withDigests(entries: readonly ManifestEntry[], digests: FileDigests): Promise<SnapshotEntry[]> {
  const told: (SnapshotEntry | undefined)[] = [];
  let next = 0;
  async function work(): Promise<void> {
    for (let index = next++; index < entries.length; index = next++) {
      const entry = entries[index];
      if (entry !== undefined) told[index] = await withDigest(entry, digests);
    }
  }
  await Promise.all(Array.from({ length: parallelReads }, work));
  return told.filter((entry) => entry !== undefined);
}

async function withDigest(entry: ManifestEntry, digests: FileDigests): Promise<SnapshotEntry | undefined> {
  const { realPath: _realPath, version: _version, ...told } = entry;
  if (entry.kind !== 'file') return told;
  try {
    return { ...told, sha256: await digests.digest(entry) };
  } catch (error) {
    // Gone since the walk, or not for this process to read: then it is not served.
    if (isAppError(error, 'file-not-found')) return undefined;
    throw error;
  }
}

function toSnapshot(entries: readonly SnapshotEntry[], emptyDirectories: readonly string[]): TreeSnapshot {
  const hash = createHash('sha256');
  for (const { path, kind, size, mode, linkTarget, sha256 } of entries)
    hash.update(JSON.stringify([path, kind, size, mode, linkTarget, sha256]));
  hash.update(JSON.stringify(emptyDirectories));
  return { id: hash.digest('hex'), entries, emptyDirectories };
}
