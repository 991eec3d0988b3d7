import { posix } from 'node:path';
import type { ReadHost, StateContext } from '../../kit/index.ts';
import { kindOfDigest, refuseHash } from './hash-refusal.ts';

/** A digest a source has to have. */
export interface SourceHash {
  /** A Node hash name, e.g. `sha256`. */
  readonly algorithm: string;
  /** Lower-case hex. */
  readonly digest: string;
}

/** What to look a hash up for, when it stands in a file of hashes. */
export interface HashedFile {
  readonly source: string;
  readonly target: string;
  /** The name under which the list has it (`source_hash_name`). */
  readonly hashName?: string | undefined;
}

/**
 * Reads `source_hash`: `sha256=HEX`, a bare digest whose length tells its kind, or the URL or path of a file of hashes.
 * Answers a text that says what is wrong when it cannot.
 */
export async function readSourceHash(
  sourceHash: string,
  file: HashedFile,
  context: Pick<StateContext, 'fileServer' | 'host' | 'step'>,
): Promise<SourceHash | string> {
  if (!/^([a-z0-9+]+:\/\/|\/)/i.test(sourceHash)) return parseHash(sourceHash) ?? refuseHash(sourceHash);
  const path = await locateList(sourceHash, context);
  const text = path === undefined ? undefined : await readText(context.host, path);
  if (text === undefined) return `Source hash file ${sourceHash} not found`;
  return findInList(text, file) ?? `Unable to find a hash for ${file.hashName ?? file.source} in ${sourceHash}`;
}

function parseHash(text: string): SourceHash | undefined {
  const [, named, digits = ''] = /^\s*(?:([a-z0-9]+)\s*[=:]\s*)?([0-9a-f]+)\s*$/i.exec(text) ?? [];
  const algorithm = kindOfDigest(digits.length);
  if (algorithm === undefined || (named !== undefined && named.toLowerCase() !== algorithm)) return undefined;
  return { algorithm, digest: digits.toLowerCase() };
}

async function locateList(
  url: string,
  { fileServer, step }: Pick<StateContext, 'fileServer' | 'step'>,
): Promise<string | undefined> {
  if (url.startsWith('/')) return url;
  if (url.startsWith('file://')) return url.slice('file://'.length);
  return (await fileServer.fetch(url, step.saltenv))?.path;
}

async function readText(host: ReadHost, path: string): Promise<string | undefined> {
  const bytes = await host.files.read(path);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
}

// A list names files with folders or without, and with `*` (binary) before the name, so the base name decides last.
function findInList(text: string, file: HashedFile): SourceHash | undefined {
  const found = text.split('\n').flatMap((line) => {
    const digits = /(?:^|[^0-9a-z])([0-9a-f]{32,128})(?:$|[^0-9a-z])/i.exec(line)?.[1];
    const hash = digits === undefined ? undefined : parseHash(digits);
    return hash === undefined ? [] : [{ hash, words: line.split(/[\s=()*]+/) }];
  });
  const names = file.hashName === undefined ? [file.source, file.target] : [file.hashName];
  for (const name of names) {
    const wanted = posix.basename(name.replace(/[?#].*$/, ''));
    const match = found.find(({ words }) => words.some((word) => posix.basename(word) === wanted));
    if (match !== undefined) return match.hash;
  }
  return file.hashName === undefined && found.length === 1 ? found[0]?.hash : undefined;
}
