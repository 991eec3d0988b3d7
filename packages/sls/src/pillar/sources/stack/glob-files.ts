import { posix } from 'node:path';
import { compareTexts, compileGlob } from '@brine/common';
import type { TreeDisk } from '../../../file-roots/tree-disk.ts';

/**
 * What there is at an absolute path whose parts may be globs, sorted. As in a shell, a glob matches a leading dot only
 * when it has one itself.
 */
export async function globFiles(pattern: string, disk: TreeDisk): Promise<readonly string[]> {
  let paths: readonly string[] = ['/'];
  for (const part of posix
    .normalize(pattern)
    .split('/')
    .filter((written) => written !== '')) {
    const found: string[] = [];
    for (const path of paths) found.push(...(await stepInto(path, part, disk)));
    paths = found;
  }
  return paths.toSorted(compareTexts);
}

async function stepInto(path: string, part: string, disk: TreeDisk): Promise<readonly string[]> {
  if (!/[*?[]/.test(part)) {
    const inside = posix.join(path, part);
    return (await disk.stat(inside)) === undefined ? [] : [inside];
  }
  const matches = compileGlob(part);
  const names = (await disk.list(path)) ?? [];
  const isSeen = (name: string): boolean => matches(name) && (part.startsWith('.') || !name.startsWith('.'));
  return names.filter(isSeen).map((name) => posix.join(path, name));
}
