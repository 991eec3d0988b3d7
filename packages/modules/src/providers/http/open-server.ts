import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';

/** What a web server is asked for. */
export interface ServerRequest {
  /** GET unless given. */
  readonly method?: string;
  readonly headers?: Headers;
  readonly body?: string | Uint8Array;
  /** Redirections are followed unless they are to be answered as they are (`manual`) or are failures (`error`). */
  readonly redirect?: 'follow' | 'manual' | 'error';
  /** `false` takes any certificate. */
  readonly verifiesCertificates?: boolean;
  /** PEM of the authorities to trust instead of the system's. */
  readonly authorities?: Uint8Array;
  /** PEM of the certificate and key that are shown to the server. */
  readonly identity?: { readonly certificate: Uint8Array; readonly key: Uint8Array };
}

const mostRedirects = 20;
const redirections = [301, 302, 303, 307, 308];

/** Asks a web server and gives its answer, the body not read yet. Throws with the reason when there is none. */
export async function openServer(url: URL, request: ServerRequest, signal: AbortSignal): Promise<IncomingMessage> {
  let [place, asked] = [url, request];
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    const response = await ask(place, asked, signal);
    const { statusCode = 0, headers } = response;
    if (request.redirect === 'manual' || headers.location === undefined || !redirections.includes(statusCode))
      return response;
    response.destroy();
    if (request.redirect === 'error') throw new Error('unexpected redirect');
    const next = new URL(headers.location, place);
    if (!/^https?:$/.test(next.protocol)) throw new Error(`it leads to ${next.protocol}//`);
    asked = following(asked, { statusCode, isSameServer: next.origin === place.origin });
    place = next;
  }
  throw new Error('redirect count exceeded');
}

// Browsers and Salt make a GET of a POST that was led elsewhere; logins are for the server they were given for.
function following(
  request: ServerRequest,
  { statusCode, isSameServer }: { readonly statusCode: number; readonly isSameServer: boolean },
): ServerRequest {
  const { method = 'GET', body, ...rest } = request;
  const headers = new Headers(request.headers);
  if (!isSameServer) for (const name of ['authorization', 'cookie']) headers.delete(name);
  const keeps = statusCode >= 307 || (['GET', 'HEAD'].includes(method) && statusCode !== 303);
  if (keeps || method === 'HEAD') return { ...rest, method, headers, ...(body === undefined ? {} : { body }) };
  for (const name of ['content-type', 'content-length']) headers.delete(name);
  return { ...rest, method: 'GET', headers };
}

function ask(url: URL, request: ServerRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const { method = 'GET', body, verifiesCertificates = true, authorities, identity } = request;
  const headers = Object.fromEntries(new Headers({ 'accept-encoding': 'gzip', ...toRecord(request.headers) }));
  return new Promise((resolve, reject) => {
    const start = url.protocol === 'https:' ? https.request : http.request;
    const sent = start(
      url,
      {
        ...{ method, signal, agent: false, rejectUnauthorized: verifiesCertificates },
        headers: body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
        ...(authorities === undefined ? {} : { ca: Buffer.from(authorities) }),
        ...(identity === undefined ? {} : { cert: Buffer.from(identity.certificate), key: Buffer.from(identity.key) }),
      },
      resolve,
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

function toRecord(headers: Headers | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(headers ?? []);
}
