import { isAppError, isDict, pythonStr, toValue, type Dict, type Plain, type Value } from '@brine/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { placeOfRequest } from '../../place-of-request.ts';
import type { Credentials, Login } from '../../access-ports.ts';
import { HttpProblem } from '../http-problem.ts';
import type { EventHub } from '../event-hub.ts';
import { sendAnswer } from '../media-types.ts';
import type { NetapiContext } from '../netapi-context.ts';
import { readBody, readChunks } from '../read-body.ts';
import { clearSessionCookie, requireSession, setSessionCookie } from '../session.ts';

const refused = 'Could not authenticate using provided credentials';

/** `/login`, `/logout` and `/token`. */
export function addSessionRoutes(server: FastifyInstance, context: NetapiContext, hub: EventHub): void {
  const { ports, settings } = context;
  server.post('/token', async (request, reply) => {
    const tokens: Value[] = [];
    for (const chunk of readChunks(readBody(request))) {
      const credentials = credentialsOf(chunk);
      if (credentials === undefined) {
        throw new HttpProblem(400, 'Require "username", "password", and "eauth" params');
      }
      const login = await logIn(request, context, { chunk, credentials, kind: 'token' });
      tokens.push(toValue({ ...times(login), name: login.user, eauth: login.eauth, token: login.token }));
    }
    return sendAnswer(request, reply, tokens);
  });
  if (!settings.hasSessions) return;
  server.get('/login', (request, reply) => {
    reply.header('www-authenticate', 'Session');
    return sendAnswer(request, reply, toValue({ status: null, return: 'Please log in' }));
  });
  server.post('/login', async (request, reply) => {
    const chunk = firstChunk(readBody(request).value);
    const credentials = credentialsOf(chunk);
    if (credentials === undefined) throw new HttpProblem(401, refused, { code: 'login-refused' });
    const login = await logIn(request, context, { chunk, credentials, kind: 'session' });
    setSessionCookie(request, reply, login.token);
    reply.header('x-auth-token', login.token);
    // Somebody without any permission gets a mapping where others get a list; clients of Salt tell them by it.
    const perms: Plain = login.permissions.length === 0 ? {} : [...login.permissions];
    const { token, user, eauth } = login;
    return sendAnswer(request, reply, toValue({ return: [{ token, ...times(login), user, eauth, perms }] }));
  });
  server.post('/logout', async (request, reply) => {
    const { token } = await requireSession(request, undefined, context);
    if (token !== undefined) {
      await ports.access.revoke(token);
      hub.endToken(token);
    }
    clearSessionCookie(reply);
    return sendAnswer(request, reply, toValue({ return: 'Your token has been cleared' }));
  });
}

function times({ start, expire }: Login): { readonly start: Plain; readonly expire: Plain } {
  return { start: start / 1000, expire: expire / 1000 };
}

function firstChunk(body: Value | undefined): Dict {
  const first = Array.isArray(body) ? body[0] : body;
  return isDict(first ?? null) ? (first as Dict) : new Map();
}

/** What a chunk logs in with; `undefined` when it does not say. Fields that only PAM would know are not looked at. */
export function credentialsOf(chunk: Dict): Credentials | undefined {
  const text = (key: string): string | undefined => {
    const value = chunk.get(key) ?? null;
    return typeof value === 'string' || typeof value === 'number' ? pythonStr(value) : undefined;
  };
  const [username, password, eauth] = [text('username'), text('password'), text('eauth')];
  if (username === undefined || password === undefined || eauth === undefined) return undefined;
  return { username, password, eauth };
}

interface LoginAttempt {
  readonly chunk: Dict;
  readonly credentials: Credentials;
  readonly kind: 'session' | 'token';
}

async function logIn(
  request: FastifyRequest,
  { ports, settings }: NetapiContext,
  { chunk, credentials, kind }: LoginAttempt,
): Promise<Login> {
  const from = placeOfRequest(request);
  requireAddress(credentials.username, from, settings.loginAddresses);
  const wish = Number(chunk.get('token_expire') ?? Number.NaN);
  const expire = Number.isFinite(wish) && wish > 0 ? { expire: wish } : {};
  try {
    return await ports.access.login(credentials, { kind, from, ...expire });
  } catch (error) {
    if (isAppError(error, 'login-refused')) throw new HttpProblem(401, refused, { code: 'login-refused' });
    throw error;
  }
}

/** `api_acl`: who is named there, or everybody by `*`, may come from the addresses listed alone. */
function requireAddress(user: string, from: string, addresses: Dict): void {
  if (addresses.size === 0) return;
  const allowed = addresses.get(user) ?? addresses.get('*') ?? [];
  const texts = (Array.isArray(allowed) ? allowed : [allowed]).map(pythonStr);
  const plain = from.replace(/^::ffff:/, '');
  if (texts.includes('*') || texts.includes(plain)) return;
  throw new HttpProblem(401, refused, { code: 'login-refused' });
}
