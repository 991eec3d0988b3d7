import { Readable } from 'node:stream';
import { AppError, isAppError, toValue, type Dict, type Logger, type Value } from '@brine/common';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { codecFor } from './body-codec.ts';
import { isUnbound, type Caller } from './caller.ts';
import { callerOfRequest, tokenOf } from './caller-of-request.ts';
import type { ControlPorts, JobEvent } from './control-ports.ts';
import { answerForError } from './error-answer.ts';
import { jobEventToValue, keyToValue } from './job-event-value.ts';
import { answerProblem } from './netapi/answer-problem.ts';
import { HttpProblem } from './netapi/http-problem.ts';
import { readNetapiSettings } from './netapi/netapi-settings.ts';
import { isOurs, problemOfUnknown, registerNetapi } from './netapi/register-netapi.ts';
import { createRequestStats } from './netapi/request-stats.ts';
import { JobBody, KeyChangeBody, LoginBody, readCall, readPlain, RunnerBody, TargetBody } from './request-schemas.ts';

/** Bytes of a request body. */
const bodyLimit = 64 * 1024 * 1024;

/**
 * The routes of the control surface over the given ports, not yet listening. Bodies are JSON or MessagePack by
 * `Content-Type` and `Accept`; `followed` jobs and events are streams of them.
 */
export function createControlSurface(
  ports: ControlPorts,
  logger: Logger,
  settings = readNetapiSettings(new Map()),
): FastifyInstance {
  const server = fastify({
    ...{ logger: false, bodyLimit, requestTimeout: 0, forceCloseConnections: true },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1000 },
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.setErrorHandler((error, request, reply) => sendError(error, { request, reply, logger }));
  server.setNotFoundHandler((request, reply) => {
    if (!isOurs(request.url)) return answerProblem(problemOfUnknown(request, settings), request, reply);
    const error = new AppError({ code: 'route-unknown', message: `no route ${request.method} ${request.url}` });
    return sendError(error, { request, reply, logger });
  });
  registerNetapi(server, { ports, settings, logger, stats: createRequestStats(Date.now()) });
  server.get('/v1/status', async (request, reply) => {
    const status = ports.status();
    if (!isUnbound(await callerOfRequest(request, ports.access))) status.delete('connected');
    return sendValue(request, reply, status);
  });
  addLoginRoutes(server, ports);
  addJobRoutes(server, ports);
  addKeyRoutes(server, ports);
  server.post('/v1/runners', async (request, reply) => {
    const { function: fun, positional, keyword, user } = readCall(bodyOf(request), RunnerBody);
    const answer = await ports.runners.run(
      { fun, positional, keyword },
      await callerOfRequest(request, ports.access, user),
    );
    const { value, retcode, outputter } = answer;
    return sendValue(request, reply, toValue({ value, retcode, outputter }));
  });
  server.get('/v1/events', async (request, reply) => {
    judgeSpecial(ports, 'runner', 'state.event', await callerOfRequest(request, ports.access));
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
  server.post('/v1/targets', async (request, reply) => {
    const { target } = readPlain(bodyOf(request), TargetBody);
    const caller = await callerOfRequest(request, ports.access);
    if (!isUnbound(caller)) ports.access.judgeJob({ target, fun: 'test.ping', ...noArguments() }, caller);
    return sendValue(request, reply, { minions: ports.jobs.resolve(target) });
  });
  server.post('/v1/jobs', async (request, reply) => {
    const body = readCall(bodyOf(request), JobBody);
    const { function: fun, user, follow, ...wish } = body;
    const caller = await callerOfRequest(request, ports.access, user);
    const job = await ports.jobs.submit({ ...wish, fun }, caller);
    if (!follow) return sendValue(request, reply.status(201), toValue({ jid: job.jid, minions: job.minions }));
    return sendJob(request, reply, ports.jobs.follow(job.jid, { patience: body.patience, signal: signalOf(request) }));
  });
  server.get('/v1/jobs/:jid/follow', async (request, reply) => {
    judgeSpecial(ports, 'runner', 'jobs.follow', await callerOfRequest(request, ports.access));
    const { jid } = request.params as { jid: string };
    const { patience } = request.query as { patience?: string };
    const milliseconds = /^\d{1,9}$/.test(patience ?? '') ? Number(patience) : 15_000;
    return sendJob(request, reply, ports.jobs.follow(jid, { patience: milliseconds, signal: signalOf(request) }));
  });
  server.post('/v1/jobs/:jid/cancel', async (request, reply) => {
    const { jid } = request.params as { jid: string };
    const caller = await callerOfRequest(request, ports.access, 'unknown');
    judgeSpecial(ports, 'runner', 'jobs.cancel', caller, [jid]);
    const cancelled = await ports.jobs.cancel(jid, caller);
    return sendValue(request, reply, toValue({ cancelled }));
  });
}

function addLoginRoutes(server: FastifyInstance, ports: ControlPorts): void {
  server.post('/v1/login', async (request, reply) => {
    const { expire, ...credentials } = readPlain(bodyOf(request), LoginBody);
    const terms = { kind: 'token', from: placeOf(request), ...(expire === undefined ? {} : { expire }) } as const;
    const login = await ports.access.login(credentials, terms);
    const { token, user, eauth, start, permissions } = login;
    return sendValue(request, reply, toValue({ token, user, eauth, start, expire: login.expire, permissions }));
  });
  server.post('/v1/logout', async (request, reply) => {
    await callerOfRequest(request, ports.access);
    const wasThere = await ports.access.revoke(tokenOf(request) ?? '');
    return sendValue(request, reply, toValue({ ended: wasThere }));
  });
}

/** Where a request comes from, as failed logins are counted. */
function placeOf(request: FastifyRequest): string {
  return request.raw.socket.remoteAddress ?? 'socket';
}

function addKeyRoutes(server: FastifyInstance, ports: ControlPorts): void {
  server.get('/v1/keys', async (request, reply) => {
    const { match } = request.query as { match?: string };
    judgeSpecial(ports, 'wheel', 'key.list_all', await callerOfRequest(request, ports.access));
    const keys = await ports.keys.list(match);
    return sendValue(request, reply, { keys: keys.map(keyToValue) });
  });
  server.get('/v1/keys/master', async (request, reply) => {
    judgeSpecial(ports, 'wheel', 'key.finger_master', await callerOfRequest(request, ports.access));
    return sendValue(request, reply, await ports.keys.master());
  });
  server.post('/v1/keys', async (request, reply) => {
    const change = readPlain(bodyOf(request), KeyChangeBody);
    const caller = await callerOfRequest(request, ports.access);
    judgeSpecial(ports, 'wheel', `key.${change.action}`, caller, [change.match]);
    const changed = await ports.keys.change(change);
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

function noArguments(): { readonly positional: readonly Value[]; readonly keyword: Dict } {
  return { positional: [], keyword: new Map() };
}

/** What routes of their own do is judged as the runner or wheel function that does the same. The owner may do all. */
function judgeSpecial(
  ports: ControlPorts,
  kind: 'runner' | 'wheel',
  fun: string,
  ...[caller, positional = []]: [Caller, (readonly Value[])?]
): void {
  if (!isUnbound(caller)) ports.access.judgeSpecial(kind, { fun, ...noArguments(), positional }, caller);
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
  if (!isOurs(answer.request.url)) {
    if (!isAppError(error) && !(error instanceof HttpProblem)) {
      answer.logger.error('request failed', { error, route: answer.request.routeOptions.url });
    }
    return answerProblem(error, answer.request, answer.reply);
  }
  const { status, body } = answerForError(error);
  if (status === 500) answer.logger.error('control request failed', { error, url: answer.request.routeOptions.url });
  return sendValue(answer.request, answer.reply.status(status), body);
}
