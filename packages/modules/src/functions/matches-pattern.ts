import { matchGlob } from '@brine/common';
import { compileFlaggedRegex } from '../providers/text/python-regex.ts';

/** Whether a path matches a glob, or after `E@` a regular expression anywhere in it. */
export function matchesPattern(path: string, pattern: string): boolean {
  if (!pattern.startsWith('E@')) return matchGlob(pattern, path);
  return path.search(compileFlaggedRegex(pattern.slice(2))) >= 0;
}
