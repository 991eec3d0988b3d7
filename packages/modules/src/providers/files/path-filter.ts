import { matchGlob } from '@brine/common';

/** Whether a relative path is meant by `include_pat` and `exclude_pat`: globs, or `E@` and a regular expression. */
export function isIncluded(
  path: string,
  patterns: { readonly include?: string | undefined; readonly exclude?: string | undefined },
): boolean {
  const { include, exclude } = patterns;
  if (include !== undefined && include !== '' && !matches(include, path)) return false;
  return exclude === undefined || exclude === '' || !matches(exclude, path);
}

function matches(pattern: string, path: string): boolean {
  return pattern.startsWith('E@') ? new RegExp(pattern.slice(2)).test(path) : matchGlob(pattern, path);
}
