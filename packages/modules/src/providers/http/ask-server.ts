import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { longestTimeout } from '@brine/common';
import { describeConnectionFailure } from './connection-failure.ts';
import { openServer, type ServerRequest } from './open-server.ts';

/** How long and how much a web server may answer. */
export interface ServerLimits {
  /** Seconds until all of the answer must be here; above 0. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** What a web server answered. */
export interface ServerAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly body: string;
  /** Where the answer came from, after all redirections. */
  readonly place: URL;
}

/** Why a web server did not answer. */
export interface NoAnswer {
  readonly failure: string;
  readonly timedOut: boolean;
  /** The same in Salt's words, when it has any. */
  readonly saltWords?: string;
  /** Whether a connection stood, and broke off. */
  readonly brokeOff?: boolean;
}

/** Bytes that an answer may have: it is held in memory whole. */
const largestAnswer = 100 * 1024 * 1024;

/**
 * Asks a web server and reads its whole answer, or says in words why there is none: it cannot be reached, is too slow or
 * answers without end. Throws what the signal was aborted with.
 */
export async function askServer(
  url: URL | string,
  request: ServerRequest,
  { seconds, signal }: ServerLimits,
): Promise<ServerAnswer | NoAnswer> {
  signal.throwIfAborted();
  const limit = AbortSignal.timeout(Math.min(Math.max(seconds * 1000, 1), longestTimeout));
  try {
    const headersAsked = new Headers({ 'accept-encoding': 'gzip', ...Object.fromEntries(request.headers ?? []) });
    const opened = { ...request, headers: headersAsked };
    const { response, place } = await openServer(new URL(url), opened, AbortSignal.any([signal, limit]));
    const headers = headersOf(response);
    const body = await readBody(response, headers);
    if (body === undefined) return { failure: `it answers with more than ${largestAnswer} bytes`, timedOut: false };
    return { status: response.statusCode ?? 0, statusText: response.statusMessage ?? '', headers, body, place };
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) return { failure: `timed out after ${seconds} seconds`, timedOut: true };
    return { failure: reasonOf(error), timedOut: false, ...inSaltWords(error) };
  }
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2)
    headers.append(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '');
  return headers;
}

/** `undefined` for one that is too large, as it comes or unpacked; the rest of it is not asked for. */
async function readBody(response: IncomingMessage, headers: Headers): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bodyOf(response) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > largestAnswer) {
      response.destroy();
      return undefined;
    }
  }
  return decoderOf(headers).decode(Buffer.concat(chunks));
}

/** The body of an answer, unpacked. */
export function bodyOf(response: IncomingMessage): Readable {
  if (response.headers['content-encoding']?.toLowerCase() !== 'gzip') return response;
  const unpacker = createGunzip();
  response.on('error', (error) => unpacker.destroy(error));
  return response.pipe(unpacker);
}

function decoderOf(headers: Headers): InstanceType<typeof TextDecoder> {
  const [, charset = 'utf-8'] = /charset="?([\w.:-]+)/i.exec(headers.get('content-type') ?? '') ?? [];
  try {
    return new TextDecoder(charset);
  } catch {
    // A name that nobody knows; most of what is called so can be read all the same.
    return new TextDecoder();
  }
}

function inSaltWords(error: unknown): Pick<NoAnswer, 'saltWords' | 'brokeOff'> {
  const saltWords = describeConnectionFailure(error);
  if (saltWords !== undefined) return { saltWords };
  if (!(error instanceof Error && isReset(error))) return {};
  return { brokeOff: true, saltWords: error.message === 'aborted' ? 'Connection closed' : 'Stream closed' };
}

function isReset(error: Error & { readonly code?: unknown }): boolean {
  return error.code === 'ECONNRESET' || error.code === 'EPIPE' || error.message === 'aborted';
}

/** Why there is no answer, in words. Of several addresses each has its own reason. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0)
    return [...new Set(error.errors.map(reasonOf))].join('; ');
  if (error.message === 'aborted') return 'other side closed';
  return error.message === '' ? error.name : error.message;
}
