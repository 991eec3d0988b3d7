import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from '@brine/common';
import { WebSocketServer, type WebSocket } from 'ws';
import type { EventHub, EventReader } from './event-hub.ts';
import { createFormattedEvents } from './formatted-events.ts';
import { HttpProblem, noSession } from './http-problem.ts';
import type { NetapiContext } from './netapi-context.ts';
import { isTrustedOrigin } from './origins.ts';
import { cookieOf, requireSession } from './session.ts';

/** Makes servers take WebSockets at `/ws` and `/ws/TOKEN`. */
export interface WebsocketDoor {
  attach(server: Pick<Server, 'on'>): void;
  close(): void;
}

/** Bytes of a message of a client; it only says that it is there. */
const messageLimit = 64 * 1024;

/** Creates what takes WebSockets. */
export function createWebsocketDoor(context: NetapiContext, hub: EventHub): WebsocketDoor {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: messageLimit, perMessageDeflate: false });
  const { logger } = context;
  return {
    attach: (server) => {
      server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        takeUpgrade({ request, socket, head }, { context, hub, sockets }).catch((error: unknown) => {
          refuse(socket, error, logger);
        });
      });
    },
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
}

interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

interface Parts {
  readonly context: NetapiContext;
  readonly hub: EventHub;
  readonly sockets: WebSocketServer;
}

async function takeUpgrade({ request, socket, head }: Upgrade, { context, hub, sockets }: Parts): Promise<void> {
  socket.on('error', () => socket.destroy());
  const url = new URL(request.url ?? '/', 'http://localhost');
  const token = tokenOfPath(url, context.settings.rootPrefix);
  const incoming = { headers: request.headers, raw: request };
  // Browsers send cookies with WebSockets from any page, so where the page comes from decides.
  if (cookieOf(incoming, 'session_id') !== undefined && !isTrustedOrigin(incoming, context.settings)) {
    throw new HttpProblem(403, 'This origin may not open WebSockets', { code: 'origin-refused' });
  }
  const readsAs = token ?? (await requireSession(incoming, undefined, context)).token;
  const isAllowed = async (): Promise<boolean> =>
    readsAs === undefined || (await context.ports.access.callerOf(readsAs, ['session', 'token', 'key'])) !== undefined;
  if (!(await isAllowed())) throw noSession();
  const isFormatted = url.searchParams.has('format_events');
  sockets.handleUpgrade(request, socket, head, (webSocket) => {
    serve(webSocket, hub, { isAllowed, isFormatted, ...(readsAs === undefined ? {} : { token: readsAs }) });
  });
}

/** The token of `/ws/TOKEN` or `/ws?token=`; throws 404 for other paths. */
function tokenOfPath(url: URL, prefix: string): string | undefined {
  const path = url.pathname.startsWith(prefix) ? url.pathname.slice(prefix.length) : '';
  const [, token] = /^\/(?:ws|all_events|formatted_events)(?:\/([^/]+))?\/?$/.exec(path) ?? [];
  if (!/^\/(?:ws|all_events|formatted_events)(?:\/|$)/.test(path)) {
    throw new HttpProblem(404, `The path '${url.pathname}' was not found.`);
  }
  return token ?? url.searchParams.get('token') ?? undefined;
}

interface Reading {
  readonly isAllowed: () => Promise<boolean>;
  readonly isFormatted: boolean;
  readonly token?: string;
}

function serve(socket: WebSocket, hub: EventHub, { isAllowed, isFormatted, token }: Reading): void {
  const formatted = isFormatted ? createFormattedEvents() : undefined;
  const reader: EventReader = {
    waiting: () => socket.bufferedAmount,
    send: (event, json) => {
      const text = formatted === undefined ? `data: ${json}\n\n` : formatted(event);
      if (text !== undefined) socket.send(text);
    },
    end: (reason) => {
      socket.close(1008, reason);
      setTimeout(() => socket.terminate(), 1000).unref();
    },
    isAllowed,
    ...(token === undefined ? {} : { token }),
  };
  let isReady = false;
  socket.on('message', (message: Buffer) => {
    if (!isReady && message.toString('utf8') === 'websocket client ready') {
      isReady = true;
      hub.add(reader);
    }
    socket.send('server received message');
  });
  socket.on('close', () => hub.remove(reader));
  socket.on('error', () => socket.terminate());
}

function refuse(socket: Duplex, error: unknown, logger: Logger): void {
  const status = error instanceof HttpProblem ? error.status : 500;
  if (status === 500) logger.error('a websocket could not be opened', { error });
  const reasons: Readonly<Record<number, string>> = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found' };
  socket.end(`HTTP/1.1 ${status} ${reasons[status] ?? 'Error'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
