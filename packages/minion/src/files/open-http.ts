import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { describeConnectionFailure, openServer, tooManyRedirects } from '@brine/modules';

/** How long and how strictly other servers are asked. */
export interface RemoteLimits {
  /** Milliseconds until a connection must stand. */
  readonly connectTimeout: number;
  /** Milliseconds that a server may be silent then. */
  readonly silence: number;
  readonly verifiesCertificates: boolean;
  /** Ends it all, in whatever it is at. */
  readonly signal: AbortSignal;
}

/** A file that a server began to send. */
export interface OpenedFile {
  readonly body: Readable;
  /** The ETag by which the server knows this content. */
  readonly mark?: string;
}

const mostRedirects = 10;

/**
 * Asks a web server for a file, following redirections; `current` when the server says that the content with this ETag
 * is the newest. Throws with the reason when there is no such file or no server.
 */
export async function openHttp(
  url: URL,
  mark: string | undefined,
  { connectTimeout, silence, verifiesCertificates, signal }: RemoteLimits,
): Promise<OpenedFile | 'current'> {
  const headers = new Headers({
    'user-agent': 'Salt/3006',
    ...(mark === undefined ? {} : { 'if-none-match': mark }),
  });
  const patience = { connect: connectTimeout, silence };
  const request = { headers, mostRedirects, verifiesCertificates, patience };
  const { response } = await openServer(url, request, signal).catch(explain);
  if (response.statusCode === 304 && mark !== undefined) return drained(response, 'current');
  const { statusCode = 0, statusMessage = '' } = response;
  if (statusCode >= 200 && statusCode < 300) return { body: response, ...markOf(response) };
  throw drained(response, new Error(`HTTP ${statusCode}: ${statusMessage}`.trimEnd()));
}

function explain(error: unknown): never {
  const isCircle = error instanceof Error && 'code' in error && error.code === tooManyRedirects;
  const reason = isCircle ? `more than ${mostRedirects} redirections` : describeConnectionFailure(error);
  throw reason === undefined ? error : new Error(reason, { cause: error });
}

function markOf({ headers }: IncomingMessage): { readonly mark?: string } {
  return headers.etag === undefined ? {} : { mark: headers.etag };
}

function drained<Answer>(response: IncomingMessage, answer: Answer): Answer {
  response.destroy();
  return answer;
}
