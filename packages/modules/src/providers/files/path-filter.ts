import { matchGlob } from '@brine/common';

/** Whether a relative path is meant by `include_pat` and `exclude_pat`: globs, or `E@` and a regular expression. */
export function isIncluded(
  path: string,
  patterns: { readonly include?: readonly string[] | undefined; readonly exclude?: readonly string[] | undefined },
): boolean {
  const [include, exclude] = [given(patterns.include), given(patterns.exclude)];
  if (include.length > 0 && !include.some((pattern) => matches(pattern, path))) return false;
  return !exclude.some((pattern) => matches(pattern, path));
}

function given(patterns: readonly string[] = []): readonly string[] {
  return patterns.filter((pattern) => pattern !== '');
}

function matches(pattern: string, path: string): boolean {
  return pattern.startsWith('E@') ? new RegExp(pattern.slice(2)).test(path) : matchGlob(pattern, path);
}
