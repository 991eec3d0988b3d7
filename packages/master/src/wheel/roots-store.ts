import { constants } from 'node:fs';
import { mkdir, open, readdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { resolveInside, type Plain } from '@brine/common';
import { replaceFile } from '@brine/daemon';

/** Bytes of a file that are looked at to tell whether it is text, as in Salt. */
const sampleLength = 512;

/** Bytes of the largest file that is read or listed as text. */
const largestText = 16 * 1024 * 1024;

/** Each place at which a path is a file, with `txt` or `bin`. */
export async function findInRoots(roots: readonly string[], path: string): Promise<readonly Plain[]> {
  const found = await Promise.all(roots.map(async (root) => readInside(root, path)));
  return found
    .filter((file) => file !== undefined)
    .map(({ full, bytes }) => ({ [full]: isText(bytes) ? 'txt' : 'bin' }));
}

/** The text of each file that a path is. */
export async function readFromRoots(roots: readonly string[], path: string): Promise<readonly Plain[]> {
  const found = await Promise.all(roots.map(async (root) => readInside(root, path)));
  return found
    .filter((file) => file !== undefined && isText(file.bytes))
    .map((file) => ({ [file?.full ?? '']: file?.bytes.toString('utf8') ?? '' }));
}

/** The tree below a folder: folders as mappings, files as `f`. Symbolic links are not followed. */
export async function listRoot(root: string): Promise<Plain> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const tree = entries.map(async (entry) => {
    return [entry.name, entry.isDirectory() ? await listRoot(join(root, entry.name)) : 'f'] as const;
  });
  return new Map(await Promise.all(tree));
}

/** Writes a file and answers its path; `undefined` when it would not lie inside the root, by symbolic links too. */
export async function writeIntoRoot(root: string, path: string, text: string): Promise<string | undefined> {
  const full = resolveInside(root, path);
  if (full === undefined || full === root || path.endsWith('/')) return undefined;
  await mkdir(root, { recursive: true, mode: 0o755 });
  const base = await realpath(root);
  if (!(await staysInside(base, dirname(full)))) return undefined;
  await mkdir(dirname(full), { recursive: true, mode: 0o755 });
  if (!isInside(base, await realpath(dirname(full)))) return undefined;
  // What is there is replaced, so that a link in its place is not written through.
  await replaceFile(full, text, 0o644);
  return full;
}

/** Looks at the nearest folder that is there already. */
async function staysInside(base: string, folder: string): Promise<boolean> {
  const real = await realpath(folder).catch(() => undefined);
  if (real !== undefined) return isInside(base, real);
  return dirname(folder) !== folder && staysInside(base, dirname(folder));
}

function isInside(base: string, path: string): boolean {
  return path === base || path.startsWith(base === '/' ? '/' : `${base}/`);
}

async function readInside(root: string, path: string): Promise<{ full: string; bytes: Buffer } | undefined> {
  const full = resolveInside(root, path);
  if (full === undefined) return undefined;
  try {
    if (!isInside(await realpath(root), await realpath(full))) return undefined;
    const file = await open(full, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (!stat.isFile() || stat.size > largestText) return undefined;
      return { full, bytes: await file.readFile() };
    } finally {
      await file.close();
    }
  } catch {
    // It is not there, or cannot be read by the master.
    return undefined;
  }
}

function isText(bytes: Buffer): boolean {
  return !bytes.subarray(0, sampleLength).includes(0);
}
