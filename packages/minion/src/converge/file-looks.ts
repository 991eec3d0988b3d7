import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** How something looks from outside. */
export interface Sight {
  /** Everything about a file that shows a change without reading it. */
  readonly looks: string;
  /** When it changed last, by the kernel's clock of files; milliseconds since the Unix epoch, 0 when it is not there. */
  readonly changedAt: number;
}

/** The kernel stamps files with the time of its last tick: a stamp can be so many milliseconds older than what it tells of. */
export const fileTimeLag = 20;

const mostInTree = 5000;

/**
 * Looks at a place. Of a symlink what it leads to counts too, of a folder its own mode and owner; `isTree` folders are
 * told apart by the names in them as well.
 */
export async function lookAt(place: string, isTree = false): Promise<Sight> {
  try {
    const stat = await fs.promises.lstat(place, { bigint: true });
    if (stat.isDirectory()) return await lookAtFolder(place, stat, isTree);
    if (!stat.isSymbolicLink()) return sightOf(stat);
    const target = await fs.promises.stat(place, { bigint: true }).catch(() => undefined);
    if (target === undefined) return sightOf(stat);
    const behind = target.isDirectory() ? await lookAtFolder(place, target, false) : sightOf(target);
    const own = sightOf(stat);
    return { looks: `${own.looks} ${behind.looks}`, changedAt: Math.max(own.changedAt, behind.changedAt) };
  } catch (error) {
    return { looks: String((error as NodeJS.ErrnoException).code), changedAt: 0 };
  }
}

function sightOf({ mode, uid, gid, ino, size, mtimeNs, ctimeNs, ctimeMs }: fs.BigIntStats): Sight {
  return { looks: [mode, uid, gid, ino, size, mtimeNs, ctimeNs].join(':'), changedAt: Number(ctimeMs) };
}

async function lookAtFolder(place: string, { mode, uid, gid }: fs.BigIntStats, isTree: boolean): Promise<Sight> {
  const own = [mode, uid, gid].join(':');
  // What is in a folder changes its times, whoever wrote it.
  if (!isTree) return { looks: own, changedAt: 0 };
  const names = (await fs.promises.readdir(place)).toSorted().join('\0');
  return { looks: `${own}:${createHash('sha256').update(names).digest('base64')}`, changedAt: 0 };
}

/** Everything below a folder, up to a bound. */
export async function listTree(root: string): Promise<readonly string[]> {
  try {
    const entries = await fs.promises.readdir(root, { recursive: true });
    return entries.slice(0, mostInTree).map((entry) => path.join(root, entry));
  } catch {
    return [];
  }
}

/** The looks of several places as one text, to compare. */
export function wholeLooks(looks: readonly (readonly [place: string, looks: string])[]): string {
  return createHash('sha256').update(JSON.stringify(looks)).digest('base64');
}
