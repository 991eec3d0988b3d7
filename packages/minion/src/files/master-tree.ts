import { readFile } from 'node:fs/promises';
import { compareTexts, decodeMessage, encodeMessage, isAppError } from '@brine/common';
import type { FetchedFile } from '@brine/modules/kit';
import { parseSaltUrl } from '@brine/sls';
import { ask, type MasterLink } from '../call/master-link.ts';
import { minionError } from '../errors.ts';
import type { BlobSource } from '../store/blob-store.ts';
import type { FileCache, WantedFile } from '../store/file-cache-store.ts';
import { below } from './local-tree.ts';
import type { Tree } from './tree.ts';

interface ServedEntry {
  readonly path: string;
  readonly kind: 'file' | 'directory';
  readonly mode: number;
  /** Of files. */
  readonly sha256?: string;
  readonly linkTarget?: string;
}

interface Manifest {
  readonly entries: ReadonlyMap<string, ServedEntry>;
  readonly files: readonly string[];
  readonly directories: readonly string[];
  readonly emptyDirectories: readonly string[];
  readonly symlinks: ReadonlyMap<string, string>;
}

const chunkLength = 1024 * 1024;

/**
 * The tree that the master serves. The manifest of an environment is asked once, so that a run sees one state of the
 * tree: a file is taken with the content that was listed, or not at all. Files are fetched into the cache when they are
 * first needed and are not there.
 */
export function createMasterTree(link: MasterLink, cache: FileCache): Tree {
  const manifestOf = rememberManifests(link, cache);
  const fetch = fetchOnceAtATime((path, saltenv) => fetchFile({ link, cache, manifestOf }, path, saltenv));
  const environments = async (): Promise<readonly string[]> => {
    const answer = await ask(link, 'file.environments', {});
    return Array.isArray(answer['environments']) ? answer['environments'].map(String) : [];
  };
  return {
    files: {
      environments,
      exists: async (url, saltenv) => {
        const named = placeOf(url, saltenv);
        return (await manifestOf(named.saltenv)).entries.get(named.path)?.kind === 'file';
      },
      listFiles: async (saltenv) => (await manifestOf(saltenv)).files,
      readText: async (url, saltenv) => {
        const fetched = await fetch(url, saltenv);
        return fetched && { text: await readFile(fetched.path, 'utf8'), file: placeOf(url, saltenv).path };
      },
    },
    server: {
      fetch,
      cached: async (url, saltenv) => {
        const named = placeOf(url, saltenv);
        return cache.locate(named.saltenv, named.path);
      },
      environments,
      listFiles: async (saltenv, prefix) => below((await manifestOf(saltenv)).files, prefix),
      listDirectories: async (saltenv, prefix) => below((await manifestOf(saltenv)).directories, prefix),
      listEmptyDirectories: async (saltenv, prefix) => below((await manifestOf(saltenv)).emptyDirectories, prefix),
      listSymlinks: async (saltenv, prefix) => {
        const { symlinks } = await manifestOf(saltenv);
        return new Map(below([...symlinks.keys()], prefix).map((path) => [path, symlinks.get(path) ?? '']));
      },
    },
  };
}

type ManifestOf = (saltenv: string) => Promise<Manifest>;

function rememberManifests(link: MasterLink, cache: FileCache): ManifestOf {
  const manifests = new Map<string, Promise<Manifest>>();
  return (saltenv) => {
    const known = manifests.get(saltenv);
    if (known !== undefined) return known;
    const asked = askManifest(link, cache, saltenv).then(readManifest);
    // A failed question may be asked again.
    asked.catch(() => manifests.delete(saltenv));
    manifests.set(saltenv, asked);
    return asked;
  };
}

/** Asks what is served; while nothing changed since the last time, what came then is still right. */
async function askManifest(
  link: MasterLink,
  cache: FileCache,
  saltenv: string,
): Promise<Readonly<Record<string, unknown>>> {
  const kept = await cache.manifest(saltenv);
  const before = kept === undefined ? undefined : readKept(kept);
  const known = typeof before?.['id'] === 'string' ? { known: before['id'] } : {};
  const answer = await ask(link, 'file.manifest', { saltenv, ...known });
  if (before !== undefined && answer['id'] === before['id']) return before;
  await cache.rememberManifest(saltenv, encodeMessage(answer));
  return answer;
}

function readKept(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const kept = decodeMessage(bytes) as Readonly<Record<string, unknown>> | null;
    return kept !== null && Array.isArray(kept['entries']) ? kept : undefined;
  } catch {
    return undefined;
  }
}

type Fetch = (url: string, saltenv: string) => Promise<FetchedFile | undefined>;

function fetchOnceAtATime(fetchFile: Fetch): Fetch {
  const fetching = new Map<string, Promise<FetchedFile | undefined>>();
  return (url, saltenv) => {
    const named = placeOf(url, saltenv);
    const key = `${named.saltenv}\n${named.path}`;
    const running = fetching.get(key) ?? fetchFile(named.path, named.saltenv);
    fetching.set(key, running);
    return running.finally(() => fetching.delete(key));
  };
}

async function fetchFile(
  { link, cache, manifestOf }: { link: MasterLink; cache: FileCache; manifestOf: ManifestOf },
  path: string,
  saltenv: string,
): Promise<FetchedFile | undefined> {
  const entry = (await manifestOf(saltenv)).entries.get(path);
  if (entry?.kind !== 'file' || entry.sha256 === undefined) return undefined;
  const { sha256, mode } = entry;
  const wanted = { saltenv, path, sha256 };
  const source = { name: `salt://${path}`, read: (offset: number) => readParts(link, wanted, offset) };
  const place = (await cache.find(wanted)) ?? (await storeAsListed(cache, wanted, source));
  return { path: place, sha256, mode };
}

/** A tree that changes under a run is an error: going on would mix two versions of it. */
async function storeAsListed(cache: FileCache, wanted: WantedFile, source: BlobSource): Promise<string> {
  try {
    return await cache.store(wanted, source);
  } catch (cause) {
    if (!isAppError(cause, 'file-changed') && !isAppError(cause, 'file-not-found')) throw cause;
    const message =
      `salt://${wanted.path} of environment '${wanted.saltenv}' changed on the master after this run had begun; ` +
      'run it again';
    throw minionError('tree-changed', message, { cause });
  }
}

async function* readParts(
  link: MasterLink,
  { saltenv, path, sha256 }: WantedFile,
  start: number,
): AsyncGenerator<Uint8Array> {
  for (let offset = start; ;) {
    const answer = await ask(link, 'file.read', { saltenv, path, sha256, offset, length: chunkLength });
    const bytes = answer['bytes'];
    if (!(bytes instanceof Uint8Array)) return;
    if (bytes.length > 0) yield bytes;
    offset += bytes.length;
    if (answer['end'] === true || bytes.length === 0) return;
  }
}

function readManifest(answer: Readonly<Record<string, unknown>>): Manifest {
  const served = (answer['entries'] ?? []) as readonly ServedEntry[];
  const entries = new Map(served.map((entry) => [entry.path, entry]));
  const pathsOf = (isWanted: (entry: ServedEntry) => boolean): string[] =>
    served
      .filter(isWanted)
      .map(({ path }) => path)
      .toSorted(compareTexts);
  const symlinks = served.flatMap(({ path, linkTarget }) =>
    linkTarget === undefined ? [] : [[path, linkTarget] as const],
  );
  return {
    entries,
    directories: pathsOf(({ kind }) => kind === 'directory'),
    files: pathsOf(({ kind }) => kind !== 'directory'),
    emptyDirectories: (answer['emptyDirectories'] ?? []) as readonly string[],
    symlinks: new Map(symlinks),
  };
}

function placeOf(url: string, saltenv: string): { readonly path: string; readonly saltenv: string } {
  const named = parseSaltUrl(url);
  return { path: named.path, saltenv: named.saltenv ?? saltenv };
}
