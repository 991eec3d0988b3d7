import { matchGlob, pythonStr, type Dict, type Value } from '@brine/common';

/**
 * Whether the configuration lets people run a command line: `cmd_blacklist_glob` forbids what it matches,
 * `cmd_whitelist_glob` everything else than it matches.
 */
export function isPermitted(line: string, options: Dict): boolean {
  if (globs(options.get('cmd_blacklist_glob')).some((glob) => matchGlob(glob, line))) return false;
  const allowed = globs(options.get('cmd_whitelist_glob'));
  return allowed.length === 0 || allowed.some((glob) => matchGlob(glob, line));
}

function globs(value: Value | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(pythonStr) : [];
}
