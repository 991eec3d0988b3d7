import { compileGlob } from '@brine/common';

/** Paths that a file server keeps to itself. */
export interface IgnoreRules {
  /** Shell globs over the whole path below the root (`file_ignore_glob`). */
  readonly ignoreGlobs?: readonly string[];
  /** Regular expressions found anywhere in the path (`file_ignore_regex`). */
  readonly ignoreRegexes?: readonly RegExp[];
}

/** A test for the paths that the rules ignore. */
export function createIgnoreTest(rules: IgnoreRules): (path: string) => boolean {
  const globs = (rules.ignoreGlobs ?? []).map((glob) => compileGlob(glob));
  const regexes = rules.ignoreRegexes ?? [];
  return (path) => regexes.some((regex) => path.search(regex) !== -1) || globs.some((matches) => matches(path));
}
