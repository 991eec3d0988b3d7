import type { FileStat, ReadHost } from '../../kit/index.ts';

/** A path below a directory that was walked. */
export interface TreeEntry {
  readonly path: string;
  readonly stat: FileStat;
  /** Whether it counts as a directory: one, or a link to one (which is not entered). */
  readonly isDirectory: boolean;
}

/** Everything below a directory, parents before children, names in order; `maxDepth` 0 stops at its own files. */
export async function walkTree(host: ReadHost, top: string, maxDepth?: number): Promise<readonly TreeEntry[]> {
  const entries: TreeEntry[] = [];
  const below: string[] = [];
  for (const name of (await host.files.list(top)) ?? []) {
    const path = `${top === '/' ? '' : top}/${name}`;
    const stat = await host.files.stat(path);
    if (stat === undefined) continue;
    const target = stat.kind === 'symlink' ? await host.files.stat(path, { follow: true }) : stat;
    const isDirectory = target?.kind === 'directory';
    if (isDirectory && maxDepth !== undefined && maxDepth <= 0) continue;
    entries.push({ path, stat, isDirectory });
    if (stat.kind === 'directory') below.push(path);
  }
  for (const path of below)
    entries.push(...(await walkTree(host, path, maxDepth === undefined ? undefined : maxDepth - 1)));
  return entries;
}
