import type { FastifyReply } from 'fastify';
import { placeOfRequest } from '../place-of-request.ts';
import type { Caller } from '../caller.ts';
import { tokenOf, type Incoming } from '../caller-of-request.ts';
import { doorOf } from '../door.ts';
import { noSession } from './http-problem.ts';
import type { NetapiContext } from './netapi-context.ts';
import { requireOwnOrigin } from './origins.ts';

/** Seconds a browser keeps the cookie of a session, Salt's ten hours; the session itself may end earlier. */
const cookieAge = 36_000;

/** Who a request with a session is made by. */
export interface Session {
  readonly caller: Caller;
  /** Absent where the door alone says who it is. */
  readonly token?: string;
}

/** The value of a cookie. */
export function cookieOf(request: Incoming, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = pair.split(/=(.*)/s);
    if (key?.trim() === name && value !== undefined) return value.trim().replaceAll('"', '');
  }
  return undefined;
}

/**
 * The session of a request: by `X-Auth-Token` or `Authorization: Bearer`, else by the cookie `session_id`, which counts only
 * for requests from pages of this server. Keeps the cookie alive. Throws 401 and 403.
 */
export async function requireSession(
  request: Incoming,
  reply: FastifyReply | undefined,
  { ports, settings }: NetapiContext,
): Promise<Session> {
  const fromHeader = tokenOf(request);
  const cookie = cookieOf(request, 'session_id');
  const token = fromHeader ?? cookie;
  if (token === undefined) return sessionByDoor(request);
  if (fromHeader === undefined) requireOwnOrigin(request, settings);
  const caller = await ports.access.callerOf(token, ['session', 'key'], placeOfRequest(request));
  if (caller === undefined) throw noSession();
  if (reply !== undefined && caller.via === 'external') setSessionCookie(request, reply, token);
  return { caller, token };
}

/** Whoever comes by a socket of the machine need not log in. */
function sessionByDoor(request: Incoming): Session {
  const door = doorOf(request.raw.socket);
  if (door.kind === 'owner') return { caller: { via: 'socket', user: 'root' } };
  if (door.kind === 'user') return { caller: { via: 'local', user: door.user, permissions: door.permissions } };
  throw noSession();
}

/** Hands the session to the browser, out of reach of scripts and of pages of other servers. */
export function setSessionCookie(request: Incoming, reply: FastifyReply, token: string): void {
  const expires = new Date(Date.now() + cookieAge * 1000).toUTCString();
  const secure = isEncrypted(request) ? '; Secure' : '';
  reply.header('cache-control', 'private');
  reply.header(
    'set-cookie',
    `session_id=${token}; expires=${expires}; Max-Age=${cookieAge}; Path=/; HttpOnly; SameSite=Strict${secure}`,
  );
}

/** Takes the session from the browser. */
export function clearSessionCookie(reply: FastifyReply): void {
  const expires = new Date(0).toUTCString();
  reply.header('set-cookie', `session_id=; expires=${expires}; Max-Age=0; Path=/; HttpOnly; SameSite=Strict`);
}

function isEncrypted(request: Incoming): boolean {
  return 'encrypted' in request.raw.socket && request.raw.socket.encrypted === true;
}
