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
  const names = (await host.files.list(top)) ?? [];
  const found = await Promise.all(names.map((name) => lookAt(host, `${top === '/' ? '' : top}/${name}`)));
  const mayEnter = maxDepth === undefined || maxDepth > 0;
  const entries = found.flatMap((entry) => (entry === undefined || (entry.isDirectory && !mayEnter) ? [] : [entry]));
  const below = entries.filter(({ stat }) => stat.kind === 'directory');
  const deeper = maxDepth === undefined ? undefined : maxDepth - 1;
  for (const { path } of below) entries.push(...(await walkTree(host, path, deeper)));
  return entries;
}

async function lookAt(host: ReadHost, path: string): Promise<TreeEntry | undefined> {
  const stat = await host.files.stat(path);
  if (stat === undefined) return undefined;
  const target = stat.kind === 'symlink' ? await host.files.stat(path, { follow: true }) : stat;
  return { path, stat, isDirectory: target?.kind === 'directory' };
}
