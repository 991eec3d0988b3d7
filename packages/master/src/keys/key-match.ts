import { compileGlob } from '@brine/common';

/** Reads what `salt-key` takes for ids: a glob, or several separated by commas. */
export function compileKeyMatch(match: string): (id: string) => boolean {
  const globs = match.split(',').map((glob) => compileGlob(glob.trim()));
  return (id) => globs.some((matches) => matches(id));
}
