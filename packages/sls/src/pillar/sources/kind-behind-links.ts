import type { TreeDisk, TreeStat } from '../../file-roots/tree-disk.ts';

/** What lies at a path once its symlinks are followed. */
export async function kindBehindLinks(path: string, disk: TreeDisk): Promise<TreeStat['kind'] | undefined> {
  const real = await disk.realPath(path);
  return real === undefined ? undefined : (await disk.stat(real))?.kind;
}
