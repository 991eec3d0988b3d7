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
  /** How many of them are followed; 20 unless given. */
  readonly mostRedirects?: number;
  /** `false` takes any certificate. */
  readonly verifiesCertificates?: boolean;
  /** PEM of the authorities to trust instead of the system's. */
  readonly authorities?: Uint8Array;
  /** PEM of the certificate and key that are shown to the server. */
  readonly identity?: { readonly certificate: Uint8Array; readonly key: Uint8Array };
  /** Milliseconds until a connection must stand, and that the server may be silent then; the signal alone ends it unless given. */
  readonly patience?: { readonly connect: number; readonly silence: number };
}

/** What a web server began to answer. */
export interface OpenedServer {
  /** Its body is not read yet. */
  readonly response: IncomingMessage;
  /** Where the answer comes from, after all redirections. */
  readonly place: URL;
}

/** The code of the error of what leads on and on. */
export const tooManyRedirects = 'BRINE_TOO_MANY_REDIRECTS';

const usualRedirects = 20;
const redirections = [301, 302, 303, 307, 308];

/**
 * Asks a web server, following redirections. The login of the address, and what else only the first server is to know,
 * goes to no other. Throws with the reason when there is no answer.
 */
export async function openServer(url: URL, request: ServerRequest, signal: AbortSignal): Promise<OpenedServer> {
  const most = request.mostRedirects ?? usualRedirects;
  let [place, asked] = withLogin(url, request);
  for (let hop = 0; hop <= most; hop += 1) {
    const response = await ask(place, asked, signal);
    const { statusCode = 0, headers } = response;
    if (request.redirect === 'manual' || headers.location === undefined || !redirections.includes(statusCode))
      return { response, place };
    response.destroy();
    if (request.redirect === 'error') throw new Error('unexpected redirect');
    const next = new URL(headers.location, place);
    if (!/^https?:$/.test(next.protocol)) throw new Error(`it leads to ${next.protocol}//`);
    [place, asked] = withLogin(next, following(asked, { statusCode, isSameServer: next.origin === place.origin }));
  }
  throw Object.assign(new Error('redirect count exceeded'), { code: tooManyRedirects });
}

/** The address without its login, which stands among the headers then. */
function withLogin(url: URL, request: ServerRequest): [URL, ServerRequest] {
  if (url.username === '' && url.password === '') return [url, request];
  const bare = new URL(url);
  [bare.username, bare.password] = ['', ''];
  const headers = new Headers(request.headers);
  const account = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  if (!headers.has('authorization')) headers.set('authorization', `Basic ${Buffer.from(account).toString('base64')}`);
  return [bare, { ...request, headers }];
}

// Browsers and Salt make a GET of a POST that was led elsewhere; logins are for the server they were given for. What goes
// to another port, or no longer encrypted, is for another reader.
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
  const { method = 'GET', body, verifiesCertificates = true, authorities, identity, patience } = request;
  const headers = Object.fromEntries(request.headers ?? []);
  return new Promise((resolve, reject) => {
    const start = url.protocol === 'https:' ? https.request : http.request;
    let answered: IncomingMessage | undefined;
    const sent = start(
      url,
      {
        ...{ method, signal, agent: false, rejectUnauthorized: verifiesCertificates },
        headers: body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
        ...(patience === undefined ? {} : { timeout: patience.connect }),
        ...(authorities === undefined ? {} : { ca: Buffer.from(authorities) }),
        ...(identity === undefined ? {} : { cert: Buffer.from(identity.certificate), key: Buffer.from(identity.key) }),
      },
      (response) => {
        answered = response;
        resolve(response);
      },
    );
    sent.on('timeout', () => (answered ?? sent).destroy(new Error('timed out')));
    if (patience !== undefined)
      sent.on('socket', (socket) => {
        const stands = url.protocol === 'https:' ? 'secureConnect' : 'connect';
        socket.once(stands, () => socket.setTimeout(patience.silence));
      });
    sent.on('error', reject);
    sent.end(body);
  });
}
