import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { dumpJson, isAppError, type Logger } from '@brine/common';
import { WebSocketServer, type WebSocket } from 'ws';
import { placeOfRequest } from '../place-of-request.ts';
import type { Caller } from '../caller.ts';
import { callerOfRequest } from '../caller-of-request.ts';
import { answerForError } from '../error-answer.ts';
import { jobEventToValue } from '../job-event-value.ts';
import { judgeSpecial } from '../judge-route.ts';
import type { EventHub, EventReader } from './event-hub.ts';
import { createEventSight } from './event-sight.ts';
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

/** Bytes that may wait for whoever follows a job. */
const behindLimit = 16 * 1024 * 1024;

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
  const incoming = { headers: request.headers, raw: request };
  // Browsers send cookies with WebSockets from any page, so where the page comes from decides.
  if (cookieOf(incoming, 'session_id') !== undefined && !isTrustedOrigin(incoming, context.settings)) {
    throw new HttpProblem(403, 'This origin may not open WebSockets', { code: 'origin-refused' });
  }
  const [, jid] = /^\/v1\/jobs\/(\d{20})\/follow\/?$/.exec(url.pathname) ?? [];
  if (jid !== undefined) {
    const caller = await callerOfRequest(incoming, context.ports.access);
    judgeSpecial(context.ports, 'runner', 'jobs.follow', caller, [jid]);
    sockets.handleUpgrade(request, socket, head, (webSocket) => void sendJob(webSocket, jid, context));
    return;
  }
  const token = tokenOfPath(url, context.settings.rootPrefix);
  const { access } = context.ports;
  const readerOf = async (given: string): Promise<Caller | undefined> =>
    access.callerOf(given, ['session', 'token', 'key'], placeOfRequest(incoming));
  const session =
    token === undefined ? await requireSession(incoming, undefined, context) : { token, caller: await readerOf(token) };
  const { token: readsAs, caller } = session;
  if (caller === undefined) throw noSession();
  const isAllowed = async (): Promise<boolean> => readsAs === undefined || (await readerOf(readsAs)) !== undefined;
  const sees = createEventSight(caller, access);
  const isFormatted = url.searchParams.has('format_events');
  sockets.handleUpgrade(request, socket, head, (webSocket) => {
    serve(webSocket, hub, { isAllowed, isFormatted, sees, ...(readsAs === undefined ? {} : { token: readsAs }) });
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
  readonly sees: EventReader['sees'];
  readonly token?: string;
}

function serve(socket: WebSocket, hub: EventHub, { isAllowed, isFormatted, sees, token }: Reading): void {
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
    sees,
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

/** Milliseconds a minion with a followed job may be away. */
const patience = 15_000;

/** Sends what happens to a job, a frame of JSON an event, and closes at its end. */
async function sendJob(socket: WebSocket, jid: string, { ports, logger }: NetapiContext): Promise<void> {
  const controller = new AbortController();
  socket.once('close', () => controller.abort());
  socket.on('error', () => socket.terminate());
  try {
    for await (const event of ports.jobs.follow(jid, { patience, signal: controller.signal })) {
      if (socket.bufferedAmount > behindLimit) throw new HttpProblem(429, 'too slow');
      socket.send(dumpJson(jobEventToValue(event)));
    }
    socket.close(1000);
  } catch (error) {
    if (!isAppError(error) && !(error instanceof HttpProblem))
      logger.error('a job could not be followed', { jid, error });
    socket.close(1008, error instanceof Error ? error.message.slice(0, 100) : 'failed');
  }
}

function refuse(socket: Duplex, error: unknown, logger: Logger): void {
  const status = error instanceof HttpProblem ? error.status : answerForError(error).status;
  if (status === 500) logger.error('a websocket could not be opened', { error });
  const reasons: Readonly<Record<number, string>> = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found' };
  socket.end(`HTTP/1.1 ${status} ${reasons[status] ?? 'Error'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
