import { join, normalize } from 'node:path';

/** Puts a path below `root`, an absolute one too unless it begins with it: Salt's rule for `root_dir`. */
export function placeUnder(root: string, path: string): string {
  const isInside = path === root || path.startsWith(root === '/' ? root : `${root}/`);
  return isInside ? normalize(path) : join(root, path);
}
