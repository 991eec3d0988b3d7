import { isAppError, isDict, pythonStr, type Value } from '@brine/common';
import type { FetchWish, StateContext } from '../../kit/index.ts';
import { readSourceHash, type SourceHash } from './source-hash.ts';

/** A source that was found: a file on this machine, never to be changed. */
export interface FoundSource {
  readonly url: string;
  readonly path: string;
  /** Hex SHA-256 of the content, where finding it told. */
  readonly sha256?: string;
  /** Permission bits at its origin, when known. */
  readonly mode?: number;
}

/** What a state says of where its content comes from. */
export interface SourceRequest {
  /** A URL or path, or a list of which the first that exists is used (also as `{url: hash}`). */
  readonly source: Value;
  readonly sourceHash?: string | undefined;
  readonly hashName?: string | undefined;
  readonly skipVerify: boolean;
  /** Whether a remote source without a hash will do, for its server says when it changed. */
  readonly useEtag?: boolean;
  /** `false` takes any certificate of a web server. */
  readonly verifiesCertificates?: boolean;
  /** The file the content is for. */
  readonly target: string;
}

type Surroundings = Pick<StateContext, 'fileServer' | 'host' | 'step'>;

interface Candidate {
  readonly url: string;
  readonly hash?: string | undefined;
}

/** Finds and verifies a source. Answers a text that says what is wrong when there is none or its hash does not fit. */
export async function findSource(request: SourceRequest, context: Surroundings): Promise<FoundSource | string> {
  const candidates = toCandidates(request);
  if (!Array.isArray(request.source)) {
    const only = candidates[0] ?? { url: '' };
    const found = await tryCandidate(only, request, context).catch((caught: unknown) => describeLoss(caught, only.url));
    return found ?? missing(only.url, context.step.saltenv);
  }
  for (const candidate of candidates) {
    const found = await tryCandidate(candidate, request, context).catch(absentElsewhere);
    if (found !== undefined) return found;
  }
  return 'Unable to manage file: none of the specified sources were found';
}

// Of a list the next one is tried, whatever is wrong with another server.
function absentElsewhere(caught: unknown): undefined {
  if (!isAppError(caught, 'remote-file')) throw caught;
  return undefined;
}

function describeLoss(caught: unknown, url: string): string {
  if (!isAppError(caught, 'remote-file')) throw caught;
  return `Failed to cache ${redactUrl(url)}: ${caught.message}`;
}

function toCandidates({ source, sourceHash }: SourceRequest): readonly Candidate[] {
  const items = Array.isArray(source) ? source : [source];
  return items.flatMap((item): readonly Candidate[] => {
    if (!isDict(item)) return [{ url: pythonStr(item), hash: sourceHash }];
    return Array.from(item, ([url, hash]) => ({
      url: pythonStr(url),
      hash: hash === null ? sourceHash : pythonStr(hash),
    }));
  });
}

function missing(url: string, saltenv: string): string {
  const shown = redactUrl(url);
  if (url.startsWith('salt://')) return `Source file ${shown} not found in saltenv '${saltenv}'`;
  if (isLocal(url)) return `Local file source ${localPath(url)} does not exist`;
  return `Source file '${shown}' not found`;
}

async function tryCandidate(
  candidate: Candidate,
  request: SourceRequest,
  context: Surroundings,
): Promise<FoundSource | string | undefined> {
  const { url, hash } = candidate;
  if (url.startsWith('salt://')) return fetchFile(url, context);
  const isRemote = !isLocal(url);
  if (isRemote && hash === undefined && !request.skipVerify && request.useEtag !== true)
    return `Unable to verify upstream hash of source file ${redactUrl(url)}, please set source_hash or set skip_verify to True`;
  const file = { source: url, target: request.target, hashName: request.hashName };
  const wantsHash = hash !== undefined && !request.skipVerify;
  const expected = wantsHash ? await readSourceHash(hash, file, context).catch(hashLoss) : undefined;
  if (typeof expected === 'string') return expected;
  const found = await (isRemote
    ? fetchFile(url, context, wishOf(request, expected))
    : statFile(localPath(url), url, context));
  if (found === undefined || expected === undefined) return found;
  return verify(found, expected, { context, target: request.target });
}

// The digest could not be had, whatever of the file.
function hashLoss(caught: unknown): string {
  if (!isAppError(caught, 'remote-file')) throw caught;
  return `Unable to manage file: ${caught.message}`;
}

function wishOf({ verifiesCertificates }: SourceRequest, expected: SourceHash | undefined): FetchWish {
  return {
    ...(expected === undefined ? {} : { expected }),
    ...(verifiesCertificates === false ? { verifiesCertificates } : {}),
  };
}

async function fetchFile(url: string, context: Surroundings, wish: FetchWish = {}): Promise<FoundSource | undefined> {
  const fetched = await context.fileServer.fetch(url, context.step.saltenv, wish);
  if (fetched === undefined) return undefined;
  const { path, sha256 } = fetched;
  return { url, path, sha256, ...(fetched.mode === undefined ? {} : { mode: fetched.mode }) };
}

async function statFile(path: string, url: string, { host }: Surroundings): Promise<FoundSource | undefined> {
  const stat = await host.files.stat(path, { follow: true });
  return stat?.kind === 'file' ? { url, path, mode: stat.mode } : undefined;
}

async function verify(
  found: FoundSource,
  expected: SourceHash,
  { context, target }: { readonly context: Surroundings; readonly target: string },
): Promise<FoundSource | string> {
  const actual = await context.host.files.hash(found.path, expected.algorithm);
  if (actual === expected.digest) return found;
  return `Specified ${expected.algorithm} checksum for ${target} (${expected.digest}) does not match actual checksum (${String(actual)})`;
}

function isLocal(url: string): boolean {
  return url.startsWith('/') || url.startsWith('file://') || !/^[a-z][a-z0-9+.-]*:\/\//i.test(url);
}

function localPath(url: string): string {
  return url.startsWith('file://') ? url.slice('file://'.length) : url;
}

/** A URL without the password it may hold. */
export function redactUrl(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1<redacted>@');
}
