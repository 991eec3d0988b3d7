import { posix } from 'node:path';
import { pythonStr, type Dict } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';
import { isIncluded } from './path-filter.ts';
import { walkTree } from './walk-tree.ts';

/** What of a directory stays when it is cleaned. */
export interface CleanRequest {
  readonly directory: string;
  /** Paths that stay, with what they hold when they are directories. */
  readonly keep: readonly string[];
  readonly excludePattern: readonly string[] | undefined;
}

/** The paths below a directory that nothing asks to keep, topmost first; what a listed directory holds goes with it. */
export async function findUnmanaged(host: ReadHost, request: CleanRequest): Promise<readonly string[]> {
  const { directory, keep, excludePattern } = request;
  const entries = await walkTree(host, directory);
  const excluded = entries
    .map(({ path }) => path)
    .filter((path) => !isIncluded(posix.relative(directory, path), { exclude: excludePattern }));
  const kept = [...keep, ...excluded].map((path) => path.replace(/\/+$/, ''));
  const isKept = (path: string): boolean =>
    kept.some((one) => path === one || isBelow(path, one) || isBelow(one, path));
  return entries.map(({ path }) => path).filter((path) => !isKept(path));
}

/** Only the topmost ones of paths, which are those to remove. */
export function topmost(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => !paths.some((other) => isBelow(path, other)));
}

function isBelow(path: string, directory: string): boolean {
  return path.startsWith(`${directory}/`);
}

/** The paths that the file states a step requires are about; cleaning leaves them. */
export function pathsOfRequired(steps: readonly Dict[]): readonly string[] {
  return steps.filter((step) => step.get('state') === 'file').map((step) => pythonStr(step.get('name') ?? ''));
}
