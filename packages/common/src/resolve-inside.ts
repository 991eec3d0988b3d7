import { posix } from 'node:path';

/**
 * Joins a relative path onto `root` by its text alone, and gives `undefined` when the result would lie outside
 * `root`, when `relative` is absolute, or when it has a NUL. Symbolic links are not looked at: who opens the
 * file decides about those.
 */
export function resolveInside(root: string, relative: string): string | undefined {
  if (relative.includes('\0') || posix.isAbsolute(relative)) return undefined;
  const base = posix.resolve(root);
  const joined = posix.join(base, relative);
  const path = joined.length > 1 && joined.endsWith('/') ? joined.slice(0, -1) : joined;
  const prefix = base === '/' ? '/' : `${base}/`;
  return path === base || path.startsWith(prefix) ? path : undefined;
}
