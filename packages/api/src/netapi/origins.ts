import type { FastifyReply } from 'fastify';
import type { Incoming } from '../caller-of-request.ts';
import { HttpProblem } from './http-problem.ts';
import type { NetapiSettings } from './netapi-settings.ts';

/** Whether a page of this origin may use sessions: it came from this server, or the configuration names its origin. */
export function isTrustedOrigin(request: Incoming, { corsOrigins }: NetapiSettings): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return request.headers['sec-fetch-site'] !== 'cross-site';
  return corsOrigins.has(origin) || isOwnOrigin(origin, request.headers.host);
}

/** Throws 403 for a request with a cookie that a page of another server made. */
export function requireOwnOrigin(request: Incoming, settings: NetapiSettings): void {
  if (isTrustedOrigin(request, settings)) return;
  throw new HttpProblem(403, 'This origin may not use sessions by cookie', { code: 'origin-refused' });
}

function isOwnOrigin(origin: string, host: string | undefined): boolean {
  try {
    return host !== undefined && new URL(origin).host === host;
  } catch {
    return false;
  }
}

/** Tells browsers which pages may read an answer: all, but with cookies only those that are trusted. */
export function addCorsHeaders(request: Incoming, reply: FastifyReply, settings: NetapiSettings): void {
  const { origin } = request.headers;
  const isTrusted = origin !== undefined && isTrustedOrigin(request, settings);
  reply.header('access-control-expose-headers', 'GET, POST');
  reply.header('access-control-allow-origin', origin ?? '*');
  if (isTrusted || origin === undefined) reply.header('access-control-allow-credentials', 'true');
  if (origin !== undefined) reply.header('vary', 'Origin');
}

/** The answer to a browser that asks before it sends. */
export function answerPreflight(reply: FastifyReply): FastifyReply {
  return reply
    .header('access-control-allow-methods', 'GET, POST')
    .header('access-control-allow-headers', 'Content-Type, X-Auth-Token, X-Requested-With')
    .header('access-control-max-age', '1400')
    .status(200)
    .send('');
}
