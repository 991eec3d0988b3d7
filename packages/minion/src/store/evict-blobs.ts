import type { Dirent, Stats } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';

// A run that found a content a moment ago must still find it.
const untouchedMilliseconds = 3_600_000;

interface Blob {
  readonly file: string;
  readonly stat: Stats;
}

/** Throws contents away, the longest unused first, until the rest is within the limit. `keep` stays in any case. Answers the bytes that stay. */
export async function evictBlobs(request: {
  readonly directory: string;
  readonly names: string;
  readonly limitBytes: number;
  readonly keep: string;
}): Promise<number> {
  const { directory, names, limitBytes, keep } = request;
  const blobs = await statFiles(await filesBelow(directory));
  let bytes = blobs.reduce((sum, { stat }) => sum + stat.size, 0);
  const evicted = new Set<number>();
  for (const { file, stat } of blobs.toSorted((a, b) => a.stat.atimeMs - b.stat.atimeMs)) {
    if (bytes <= limitBytes) break;
    if (file === keep || Date.now() - stat.atimeMs < untouchedMilliseconds) continue;
    await fs.rm(file, { force: true });
    evicted.add(stat.ino);
    bytes -= stat.size;
  }
  if (evicted.size === 0) return bytes;
  for (const { file, stat } of await statFiles(await filesBelow(names)))
    if (evicted.has(stat.ino)) await fs.rm(file, { force: true });
  return bytes;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries: Dirent[] = await fs.readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

async function statFiles(files: readonly string[]): Promise<Blob[]> {
  const found = await Promise.all(
    files.map(async (file) => ({ file, stat: await fs.lstat(file).catch(() => undefined) })),
  );
  return found.flatMap(({ file, stat }) => (stat === undefined ? [] : [{ file, stat }]));
}
