import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';

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
  limits: RemoteLimits,
): Promise<OpenedFile | 'current'> {
  let place = url;
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    const response = await request(place, { mark, credentials: isSameServer(place, url) ? url : undefined }, limits);
    if (response.statusCode === 304 && mark !== undefined) return drained(response, 'current');
    if (isFine(response)) return { body: response, ...markOf(response) };
    place = drained(response, nextPlace(response, place));
  }
  throw new Error(`more than ${mostRedirects} redirections`);
}

// What goes to another port, or no longer encrypted, is for another reader.
function isSameServer(one: URL, other: URL): boolean {
  return one.origin === other.origin;
}

function isFine({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode < 300;
}

function markOf({ headers }: IncomingMessage): { readonly mark?: string } {
  return headers.etag === undefined ? {} : { mark: headers.etag };
}

function nextPlace(response: IncomingMessage, place: URL): URL {
  const { statusCode = 0, statusMessage = '', headers } = response;
  if (statusCode < 300 || statusCode >= 400 || headers.location === undefined)
    throw drained(response, new Error(`HTTP ${statusCode}: ${statusMessage}`.trimEnd()));
  const next = new URL(headers.location, place);
  if (!/^https?:$/.test(next.protocol)) throw drained(response, new Error(`it leads to ${next.protocol}//`));
  return next;
}

function drained<Answer>(response: IncomingMessage, answer: Answer): Answer {
  response.destroy();
  return answer;
}

function request(
  url: URL,
  { mark, credentials }: { readonly mark: string | undefined; readonly credentials: URL | undefined },
  { connectTimeout, silence, verifiesCertificates, signal }: RemoteLimits,
): Promise<IncomingMessage> {
  const headers = {
    'user-agent': 'Salt/3006',
    ...(mark === undefined ? {} : { 'if-none-match': mark }),
    ...authorization(credentials),
  };
  return new Promise((resolve, reject) => {
    const { get } = url.protocol === 'https:' ? https : http;
    let answered: IncomingMessage | undefined;
    const options = { headers, signal, rejectUnauthorized: verifiesCertificates, timeout: connectTimeout };
    const asked = get(url, options, (response) => {
      answered = response;
      resolve(response);
    });
    asked.on('timeout', () => (answered ?? asked).destroy(new Error('timed out')));
    asked.on('socket', (socket) => {
      const patience = (): unknown => socket.setTimeout(silence);
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', patience);
    });
    asked.on('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ECONNREFUSED' ? new Error('[Errno 111] Connection refused', { cause: error }) : error);
    });
  });
}

function authorization(url: URL | undefined): { readonly authorization?: string } {
  if (url === undefined || url.username === '') return {};
  const account = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(account).toString('base64')}` };
}
