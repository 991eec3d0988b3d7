import fs from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import type { TreeDisk, TreeStat } from './tree-disk.ts';

/** The machine's directories as file roots read them. */
export const systemTreeDisk: TreeDisk = {
  stat: async (path) => orAbsent(async () => toTreeStat(await fs.lstat(path, { bigint: true }))),
  list: (path) => orAbsent(() => fs.readdir(path)),
  read: (path) => orAbsent(() => fs.readFile(path)),
  readLink: (path) => orAbsent(() => fs.readlink(path)),
  realPath: (path) => orAbsent(() => fs.realpath(path)),
};

function toTreeStat(stats: BigIntStats): TreeStat | undefined {
  const kind = kindOf(stats);
  if (kind === undefined) return undefined;
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  return {
    kind,
    size: Number(size),
    mode: Number(stats.mode) & 0o7777,
    modifiedAt: Number(mtimeNs) / 1e6,
    // The time of the last change of the inode cannot be set by hand, unlike that of the content.
    version: [dev, ino, size, mtimeNs, ctimeNs].join(':'),
  };
}

function kindOf(stats: BigIntStats): TreeStat['kind'] | undefined {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'symlink' : undefined;
}

const absentCodes = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'ELOOP', 'EINVAL', 'ENAMETOOLONG']);

async function orAbsent<Result>(look: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await look();
  } catch (error) {
    if (absentCodes.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
