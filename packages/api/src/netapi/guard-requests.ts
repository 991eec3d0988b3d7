import { createHash } from 'node:crypto';
import { PassThrough, type Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { tokenOf } from '../caller-of-request.ts';
import { doorOf } from '../door.ts';
import { HttpProblem } from './http-problem.ts';
import type { NetapiContext } from './netapi-context.ts';
import { createRateLimiter } from './rate-limiter.ts';
import { sendApp, wantsApp } from './routes/files.ts';

/** What every request passes before it gets to its route; sockets of the machine are let through. */
export function guardRequests(server: FastifyInstance, context: NetapiContext): void {
  const { settings, stats } = context;
  const limiter = createRateLimiter(settings.rateLimit, () => performance.now());
  const began = new WeakMap<FastifyRequest, number>();
  server.addHook('onRequest', async (request, reply) => {
    began.set(request, performance.now());
    stats.begin();
    reply.header('x-content-type-options', 'nosniff');
    if (!isPublic(request)) return undefined;
    requireAddress(request, settings.authorizedAddresses);
    const wait = limiter.take(whoAsks(request));
    if (wait > 0) throw new HttpProblem(429, 'Too many requests', { headers: { 'retry-after': String(wait) } });
    return wantsApp(request, settings) ? sendApp(request, reply, settings) : undefined;
  });
  server.addHook('preParsing', async (request, _reply, payload) =>
    isPublic(request) ? limited(request, payload as Readable, settings.maxBodyBytes) : payload,
  );
  server.addHook('onResponse', async (request, reply) => {
    const start = began.get(request);
    if (start === undefined) return;
    const route = request.routeOptions.url ?? 'none';
    stats.end({ route, status: reply.statusCode, duration: performance.now() - start });
  });
}

function isPublic(request: FastifyRequest): boolean {
  return doorOf(request.raw.socket).kind === 'public' && request.raw.socket.remoteAddress !== undefined;
}

function requireAddress(request: FastifyRequest, allowed: ReadonlySet<string>): void {
  const address = (request.raw.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  if (allowed.size > 0 && !allowed.has(address)) throw new HttpProblem(403, 'Bad IP', { code: 'address-refused' });
}

/** Limits count by token where there is one, else by address. */
function whoAsks(request: FastifyRequest): string {
  const token = tokenOf(request);
  if (token === undefined) return request.raw.socket.remoteAddress ?? '';
  return createHash('sha256').update(token).digest('base64');
}

/** Ends a body that is longer than it may be. */
function limited(request: FastifyRequest, payload: Readable, limit: number): Readable {
  const tooLarge = (): HttpProblem => new HttpProblem(413, `The body has more than ${limit} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge();
  let length = 0;
  const checked = new PassThrough();
  payload.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > limit) checked.destroy(tooLarge());
  });
  payload.on('error', (error) => checked.destroy(error));
  return payload.pipe(checked);
}
