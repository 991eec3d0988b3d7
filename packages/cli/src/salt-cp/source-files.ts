import { readdirSync, readlinkSync, realpathSync, statSync, type Stats } from 'node:fs';
import { posix } from 'node:path';
import { cliError } from '../errors.ts';

/** What is to be copied and where it goes. */
export interface SourceEntry {
  readonly kind: 'file' | 'empty-directory';
  /** Absolute path here. */
  readonly source: string;
  /** Path on the minions. */
  readonly target: string;
  /** Permission bits. */
  readonly mode: number;
}

/**
 * Everything below the given sources, with its place on the minions: a source lands under its own name when `dest` ends
 * with a slash or there is more than one file, else as `dest`. Throws `source-unusable`.
 */
export function listSources(sources: readonly string[], dest: string): readonly SourceEntry[] {
  const found = sources.map((source) => {
    const path = resolveSource(source);
    return { path, entries: entriesBelow(path, '', new Set()) };
  });
  const all = found.flatMap(({ entries }) => entries);
  const isFolder =
    dest.endsWith('/') || all.length > 1 || all.some(({ kind, below }) => kind !== 'file' || below !== '');
  return found.flatMap(({ path, entries }) =>
    entries.map(({ kind, source, mode, below }) => {
      const target = isFolder ? posix.join(dest, posix.basename(path), below) : dest;
      return { kind, source, mode, target };
    }),
  );
}

/** Throws `source-unusable` when a source is a folder. */
export function requireFiles(sources: readonly string[]): void {
  for (const source of sources) {
    if (look(source).isDirectory()) throw unusable(source, 'folders are copied with --chunked only');
  }
}

interface FoundEntry {
  readonly kind: SourceEntry['kind'];
  readonly source: string;
  readonly mode: number;
  /** Path relative to the source that was named; empty for itself. */
  readonly below: string;
}

/** `above` are the folders on the way, so that a link that leads back to one does not lead around for ever. */
function entriesBelow(path: string, below: string, above: ReadonlySet<string>): readonly FoundEntry[] {
  const stat = look(path);
  const mode = stat.mode & 0o7777;
  if (stat.isFile()) return [{ kind: 'file', source: path, mode, below }];
  if (!stat.isDirectory()) throw unusable(path, 'it is neither a file nor a folder');
  const real = realpathSync(path);
  if (above.has(real)) throw unusable(path, `the link leads back to ${readlinkSync(path)}`);
  const names = readdirSync(path).toSorted();
  if (names.length === 0) return [{ kind: 'empty-directory', source: path, mode, below }];
  const way = new Set([...above, real]);
  return names.flatMap((name) => entriesBelow(posix.join(path, name), posix.join(below, name), way));
}

function resolveSource(source: string): string {
  try {
    return realpathSync(source);
  } catch (cause) {
    throw unusable(source, reasonOf(cause), cause);
  }
}

function look(path: string): Stats {
  try {
    return statSync(path);
  } catch (cause) {
    throw unusable(path, reasonOf(cause), cause);
  }
}

function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'it does not exist' : message;
}

function unusable(path: string, reason: string, cause?: unknown): Error {
  return cliError('source-unusable', `cannot copy ${path}: ${reason}`, cause === undefined ? {} : { cause });
}
