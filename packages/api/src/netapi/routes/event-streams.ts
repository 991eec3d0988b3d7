import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { placeOfRequest } from '../../place-of-request.ts';
import { tokenOf } from '../../caller-of-request.ts';
import { noSession } from '../http-problem.ts';
import type { EventHub, EventReader } from '../event-hub.ts';
import type { NetapiContext } from '../netapi-context.ts';
import { requireOwnOrigin } from '../origins.ts';
import type { Caller } from '../../caller.ts';
import { createEventSight } from '../event-sight.ts';
import { cookieOf, requireSession, type Session } from '../session.ts';

/** `GET /events`: the event bus as server-sent events. */
export function addEventRoutes(server: FastifyInstance, context: NetapiContext, hub: EventHub): void {
  server.get('/events', async (request, reply) => {
    const { token, caller } = await readingSession(request, context);
    openStream(reply, {
      hub,
      sees: createEventSight(caller, context.ports.access),
      ...(token === undefined ? {} : { token }),
      isAllowed: async () => token === undefined || (await readerOf(token, request, context)) !== undefined,
    });
    return reply;
  });
}

/** Who opens a stream, and the token it is opened with, absent where the door says who it is. Throws 401 and 403. */
async function readingSession(request: FastifyRequest, context: NetapiContext): Promise<Session> {
  const query = request.query as { readonly token?: unknown; readonly salt_token?: unknown };
  const named = [query.token, query.salt_token].find((token) => typeof token === 'string' && token !== '');
  const cookie = cookieOf(request, 'session_id');
  const token = tokenOf(request) ?? (named as string | undefined) ?? cookie;
  if (token === undefined) return requireSession(request, undefined, context);
  if (token === cookie) requireOwnOrigin(request, context.settings);
  const caller = await readerOf(token, request, context);
  if (caller === undefined) throw noSession();
  return { caller, token };
}

async function readerOf(token: string, request: FastifyRequest, { ports }: NetapiContext): Promise<Caller | undefined> {
  return ports.access.callerOf(token, ['session', 'token', 'key'], placeOfRequest(request));
}

interface Stream {
  readonly hub: EventHub;
  readonly token?: string;
  readonly isAllowed: () => Promise<boolean>;
  readonly sees: EventReader['sees'];
}

function openStream(reply: FastifyReply, { hub, token, isAllowed, sees }: Stream): void {
  const headers = reply.getHeaders();
  reply.hijack();
  const stream = reply.raw;
  stream.writeHead(200, {
    ...(headers as Record<string, string>),
    'content-type': 'text/event-stream;charset=utf-8',
    'cache-control': 'no-cache',
    connection: 'keep-alive',
  });
  stream.write('retry: 400\n');
  const reader: EventReader = {
    waiting: () => stream.writableLength,
    send: ({ tag }, json) => void stream.write(`tag: ${tag.replaceAll(/[\r\n]/g, ' ')}\ndata: ${json}\n\n`),
    // What waits for somebody who does not read would wait for ever.
    end: (reason) => {
      stream.end(`: ${reason}\n\n`);
      setTimeout(() => stream.destroy(), 1000).unref();
    },
    isAllowed,
    sees,
    ...(token === undefined ? {} : { token }),
  };
  stream.once('close', () => hub.remove(reader));
  stream.once('error', () => hub.remove(reader));
  hub.add(reader);
}
