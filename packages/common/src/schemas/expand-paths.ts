import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compileGlob } from '../match/glob.ts';

/** The existing paths, sorted, that a path with wildcards in any of its parts stands for. */
export function expandPath(pattern: string): string[] {
  const [first = '', ...parts] = pattern.split('/');
  let found = [first === '' ? '/' : first];
  if (hasWildcard(first)) found = matchingEntries('.', first);
  for (const part of parts) {
    found = found.flatMap((folder) => (hasWildcard(part) ? matchingEntries(folder, part) : [join(folder, part)]));
  }
  return found;
}

/** Whether a path has wildcards. */
export function hasWildcard(path: string): boolean {
  return /[*?[]/.test(path);
}

function matchingEntries(folder: string, pattern: string): string[] {
  const matches = compileGlob(pattern);
  const isHidden = (name: string): boolean => name.startsWith('.') && !pattern.startsWith('.');
  return entriesOf(folder)
    .filter((name) => !isHidden(name) && matches(name))
    .sort()
    .map((name) => join(folder, name));
}

// A folder that is not there, or may not be read, has no entries that match.
function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
