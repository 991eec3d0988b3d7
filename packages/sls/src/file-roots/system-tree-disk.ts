import fs from 'node:fs/promises';
import type { Stats } from 'node:fs';
import type { TreeDisk, TreeStat } from './tree-disk.ts';

/** The machine's directories as file roots read them. */
export const systemTreeDisk: TreeDisk = {
  stat: async (path) => orAbsent(async () => toTreeStat(await fs.lstat(path))),
  list: (path) => orAbsent(() => fs.readdir(path)),
  read: (path) => orAbsent(() => fs.readFile(path)),
  readLink: (path) => orAbsent(() => fs.readlink(path)),
  realPath: (path) => orAbsent(() => fs.realpath(path)),
};

function toTreeStat(stats: Stats): TreeStat | undefined {
  const kind = kindOf(stats);
  if (kind === undefined) return undefined;
  return { kind, size: stats.size, mode: stats.mode & 0o7777, modifiedAt: stats.mtimeMs };
}

function kindOf(stats: Stats): TreeStat['kind'] | undefined {
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
