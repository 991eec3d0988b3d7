import { Readable } from 'node:stream';
import { AppError, toValue, type Logger, type Value } from '@brine/common';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { codecFor } from './body-codec.ts';
import type { Caller, ControlPorts, JobEvent } from './control-ports.ts';
import { answerForError } from './error-answer.ts';
import { jobEventToValue, keyToValue } from './job-event-value.ts';
import { JobBody, KeyChangeBody, readCall, readPlain, RunnerBody, TargetBody } from './request-schemas.ts';

/** Bytes of a request body. */
const bodyLimit = 64 * 1024 * 1024;

/**
 * The routes of the control surface over the given ports, not yet listening. Bodies are JSON or MessagePack by
 * `Content-Type` and `Accept`; `followed` jobs and events are streams of them.
 */
export function createControlSurface(ports: ControlPorts, logger: Logger): FastifyInstance {
  const server = fastify({ logger: false, bodyLimit, requestTimeout: 0, forceCloseConnections: true });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.setErrorHandler((error, request, reply) => sendError(error, { request, reply, logger }));
  server.setNotFoundHandler((request, reply) => {
    const error = new AppError({ code: 'route-unknown', message: `no route ${request.method} ${request.url}` });
    return sendError(error, { request, reply, logger });
  });
  server.get('/v1/status', (request, reply) => sendValue(request, reply, ports.status()));
  addJobRoutes(server, ports);
  addKeyRoutes(server, ports);
  server.post('/v1/runners', async (request, reply) => {
    const { function: fun, positional, keyword, user } = readCall(bodyOf(request), RunnerBody);
    const answer = await ports.runners.run({ fun, positional, keyword }, callerFor(user));
    return sendValue(request, reply, toValue(answer));
  });
  server.get('/v1/events', (request, reply) => {
    const { tag } = request.query as { tag?: string };
    const signal = signalOf(request);
    const events = ports.events.subscribe({ signal, ...(tag === undefined ? {} : { tag }) });
    return sendStream(
      request,
      reply,
      mapAsync(events, ({ tag: name, payload }) => toValue({ tag: name, payload })),
    );
  });
  return server;
}

function addJobRoutes(server: FastifyInstance, ports: ControlPorts): void {
  server.post('/v1/targets', (request, reply) => {
    const { target } = readPlain(bodyOf(request), TargetBody);
    return sendValue(request, reply, { minions: ports.jobs.resolve(target) });
  });
  server.post('/v1/jobs', async (request, reply) => {
    const body = readCall(bodyOf(request), JobBody);
    const { function: fun, user, follow, ...wish } = body;
    const job = await ports.jobs.submit({ ...wish, fun }, callerFor(user));
    if (!follow) return sendValue(request, reply.status(201), toValue({ jid: job.jid, minions: job.minions }));
    return sendJob(request, reply, ports.jobs.follow(job.jid, { patience: body.patience, signal: signalOf(request) }));
  });
  server.get('/v1/jobs/:jid/follow', (request, reply) => {
    const { jid } = request.params as { jid: string };
    const { patience } = request.query as { patience?: string };
    const milliseconds = /^\d{1,9}$/.test(patience ?? '') ? Number(patience) : 15_000;
    return sendJob(request, reply, ports.jobs.follow(jid, { patience: milliseconds, signal: signalOf(request) }));
  });
  server.post('/v1/jobs/:jid/cancel', async (request, reply) => {
    const { jid } = request.params as { jid: string };
    const cancelled = await ports.jobs.cancel(jid, callerFor('unknown'));
    return sendValue(request, reply, toValue({ cancelled }));
  });
}

function addKeyRoutes(server: FastifyInstance, ports: ControlPorts): void {
  server.get('/v1/keys', async (request, reply) => {
    const { match } = request.query as { match?: string };
    const keys = await ports.keys.list(match);
    return sendValue(request, reply, { keys: keys.map(keyToValue) });
  });
  server.get('/v1/keys/master', async (request, reply) => sendValue(request, reply, await ports.keys.master()));
  server.post('/v1/keys', async (request, reply) => {
    const changed = await ports.keys.change(readPlain(bodyOf(request), KeyChangeBody));
    return sendValue(request, reply, { keys: changed.map(keyToValue) });
  });
}

function bodyOf(request: FastifyRequest): Value {
  if (!(request.body instanceof Uint8Array)) {
    throw new AppError({ code: 'request-invalid', message: 'the request has no body' });
  }
  try {
    return codecFor(request.headers['content-type']).decode(request.body);
  } catch (error) {
    throw new AppError({ code: 'request-invalid', message: 'the body cannot be read', cause: error });
  }
}

function callerFor(user: string): Caller {
  return { via: 'socket', user };
}

/** Aborted when the client goes away. */
function signalOf(request: FastifyRequest): AbortSignal {
  const controller = new AbortController();
  request.raw.socket.once('close', () => controller.abort());
  return controller.signal;
}

function sendValue(request: FastifyRequest, reply: FastifyReply, value: Parameters<typeof toValue>[0]): FastifyReply {
  const codec = codecFor(request.headers.accept);
  return reply.header('content-type', codec.contentType).send(codec.encode(toValue(value)));
}

async function sendJob(
  request: FastifyRequest,
  reply: FastifyReply,
  events: AsyncIterable<JobEvent>,
): Promise<FastifyReply> {
  return sendStream(request, reply, mapAsync(await started(events), jobEventToValue));
}

/** Waits for the first item, so that a failure before it is answered as an error and not as a broken stream. */
async function started<Item>(source: AsyncIterable<Item>): Promise<AsyncIterable<Item>> {
  const iterator = source[Symbol.asyncIterator]();
  const first = await iterator.next();
  return (async function* continued(): AsyncIterable<Item> {
    try {
      for (let next = first; next.done !== true; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  })();
}

function sendStream(request: FastifyRequest, reply: FastifyReply, values: AsyncIterable<Value>): FastifyReply {
  const codec = codecFor(request.headers.accept);
  const items = Readable.from(
    mapAsync(values, (value) => codec.encodeItem(value)),
    { objectMode: false, highWaterMark: 1024 * 1024 },
  );
  return reply.header('content-type', codec.contentType).send(items);
}

async function* mapAsync<From, To>(source: AsyncIterable<From>, change: (item: From) => To): AsyncIterable<To> {
  for await (const item of source) yield change(item);
}

function sendError(
  error: unknown,
  answer: { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly logger: Logger },
): FastifyReply {
  const { status, body } = answerForError(error);
  if (status === 500) answer.logger.error('control request failed', { error, url: answer.request.url });
  return sendValue(answer.request, answer.reply.status(status), body);
}
