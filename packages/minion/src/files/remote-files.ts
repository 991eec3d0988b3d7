import { isAppError, longestTimeout, pythonStr, type Dict } from '@brine/common';
import type { FetchedFile, FetchWish } from '@brine/modules/kit';
import { minionError } from '../errors.ts';
import { digestFile, type RemoteCache } from '../store/remote-cache-store.ts';
import { openFtp } from './open-ftp.ts';
import { openHttp, type RemoteLimits } from './open-http.ts';
import type { Tree } from './tree.ts';

/** A tree whose `fetch` also takes `http(s)://` and `ftp://` URLs, kept in a cache; others go to the tree itself. */
export function withRemoteFiles(
  tree: Tree,
  { cache, options }: { readonly cache: RemoteCache; readonly options: Dict },
): Tree {
  const limits = readLimits(options);
  return {
    ...tree,
    server: {
      ...tree.server,
      fetch: async (url, saltenv, wish = {}) => {
        const remote = toRemote(url);
        if (remote === undefined) return tree.server.fetch(url, saltenv, wish);
        return download({ url: remote, saltenv, expected: wish.expected }, cache, limitsFor(wish, limits));
      },
      cached: async (url, saltenv) => {
        const remote = toRemote(url);
        return remote === undefined ? tree.server.cached(url, saltenv) : (await cache.find(remote, saltenv))?.path;
      },
    },
  };
}

function toRemote(url: string): URL | undefined {
  if (!/^(?:https?|ftp):\/\//i.test(url)) return undefined;
  try {
    return new URL(url);
  } catch (error) {
    throw minionError('remote-file', `${url} is no address`, { cause: error });
  }
}

/** What the configuration says of other servers. */
interface Patience extends Pick<RemoteLimits, 'connectTimeout' | 'silence' | 'verifiesCertificates'> {
  /** Milliseconds until the whole file must be here. */
  readonly requestTimeout: number;
}

/** Milliseconds that a server may be silent once the connection stands. */
const longestSilence = 300_000;

function readLimits(options: Dict): Patience {
  const milliseconds = (key: string, otherwise: number): number => {
    const value = Number(pythonStr(options.get(key) ?? otherwise));
    return Math.min((Number.isFinite(value) && value > 0 ? value : otherwise) * 1000, longestTimeout);
  };
  return {
    connectTimeout: milliseconds('http_connect_timeout', 20),
    requestTimeout: milliseconds('http_request_timeout', 3600),
    silence: longestSilence,
    verifiesCertificates: options.get('verify_ssl') !== false,
  };
}

/** The limits of one download: the time for it begins now. */
interface DownloadLimits extends RemoteLimits {
  readonly requestTimeout: number;
  readonly cancelling: AbortSignal | undefined;
}

function limitsFor({ verifiesCertificates, signal: cancelling }: FetchWish, patience: Patience): DownloadLimits {
  const deadline = AbortSignal.timeout(patience.requestTimeout);
  return {
    ...patience,
    verifiesCertificates: verifiesCertificates ?? patience.verifiesCertificates,
    signal: cancelling === undefined ? deadline : AbortSignal.any([deadline, cancelling]),
    cancelling,
  };
}

interface Wanted {
  readonly url: URL;
  readonly saltenv: string;
  readonly expected: FetchWish['expected'] | undefined;
}

async function download(wanted: Wanted, cache: RemoteCache, limits: DownloadLimits): Promise<FetchedFile> {
  const { url, saltenv, expected } = wanted;
  const { signal, cancelling, requestTimeout } = limits;
  cancelling?.throwIfAborted();
  const known = await cache.find(url, saltenv);
  if (known !== undefined && (await isAsExpected(known.path, expected))) return fetched(known.path);
  try {
    const opened = url.protocol === 'ftp:' ? await openFtp(url, limits) : await openHttp(url, known?.mark, limits);
    return await fetched(opened === 'current' ? (known?.path ?? '') : await cache.store(url, saltenv, opened, signal));
  } catch (error) {
    cancelling?.throwIfAborted();
    throw toRemoteError(signal.aborted ? new Error(`timed out after ${requestTimeout / 1000} seconds`) : error, url);
  }
}

async function isAsExpected(file: string, expected: FetchWish['expected']): Promise<boolean> {
  return expected !== undefined && (await digestFile(file, expected.algorithm)) === expected.digest;
}

function toRemoteError(error: unknown, url: URL): unknown {
  if (isAppError(error, 'remote-file')) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return minionError('remote-file', `Error: ${reason} reading ${url.pathname}${url.search}`, { cause: error });
}

async function fetched(path: string): Promise<FetchedFile> {
  return { path, sha256: await digestFile(path, 'sha256') };
}
