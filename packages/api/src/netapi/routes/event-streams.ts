import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { tokenOf } from '../../caller-of-request.ts';
import { noSession } from '../http-problem.ts';
import type { EventHub, EventReader } from '../event-hub.ts';
import type { NetapiContext } from '../netapi-context.ts';
import { requireOwnOrigin } from '../origins.ts';
import { cookieOf, requireSession } from '../session.ts';

/** `GET /events`: the event bus as server-sent events. */
export function addEventRoutes(server: FastifyInstance, context: NetapiContext, hub: EventHub): void {
  server.get('/events', async (request, reply) => {
    const token = await readingToken(request, context);
    openStream(reply, {
      hub,
      ...(token === undefined ? {} : { token }),
      isAllowed: async () => token === undefined || (await mayRead(token, context)),
    });
    return reply;
  });
}

/** The token a stream is opened with; absent where the door says who it is. Throws 401 and 403. */
async function readingToken(request: FastifyRequest, context: NetapiContext): Promise<string | undefined> {
  const query = request.query as { readonly token?: unknown; readonly salt_token?: unknown };
  const named = [query.token, query.salt_token].find((token) => typeof token === 'string' && token !== '');
  const cookie = cookieOf(request, 'session_id');
  const token = tokenOf(request) ?? (named as string | undefined) ?? cookie;
  if (token === undefined) return (await requireSession(request, undefined, context)).token;
  if (token === cookie) requireOwnOrigin(request, context.settings);
  if (await mayRead(token, context)) return token;
  throw noSession();
}

async function mayRead(token: string, { ports }: NetapiContext): Promise<boolean> {
  return (await ports.access.callerOf(token, ['session', 'token', 'key'])) !== undefined;
}

interface Stream {
  readonly hub: EventHub;
  readonly token?: string;
  readonly isAllowed: () => Promise<boolean>;
}

function openStream(reply: FastifyReply, { hub, token, isAllowed }: Stream): void {
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
    ...(token === undefined ? {} : { token }),
  };
  stream.once('close', () => hub.remove(reader));
  stream.once('error', () => hub.remove(reader));
  hub.add(reader);
}
