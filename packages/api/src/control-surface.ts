import { AppError, isAppError, toValue, type Logger } from '@brine/common';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { placeOfRequest } from './place-of-request.ts';
import { bodyOf, mapAsync, sendStream, sendValue, signalOf } from './answer-values.ts';
import { isUnbound } from './caller.ts';
import { callerOfRequest, tokenOf } from './caller-of-request.ts';
import type { ControlPorts } from './control-ports.ts';
import { answerForError } from './error-answer.ts';
import { keyToValue } from './job-event-value.ts';
import { addJobRoutes } from './job-routes.ts';
import { judgeSpecial } from './judge-route.ts';
import { answerProblem } from './netapi/answer-problem.ts';
import { HttpProblem } from './netapi/http-problem.ts';
import { readNetapiSettings } from './netapi/netapi-settings.ts';
import { isOurs, problemOfUnknown, registerNetapi } from './netapi/register-netapi.ts';
import { createRequestStats } from './netapi/request-stats.ts';
import { addOperationRoutes } from './operations/operations.ts';
import { addDescriptionRoute } from './openapi/description-route.ts';
import {
  KeyChangeBody,
  KeyMatchBody,
  LoginBody,
  readCall,
  readPlain,
  RunnerBody,
  TokenBody,
  TokenNameBody,
} from './request-schemas.ts';

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
  const context = { ports, settings, logger, stats: createRequestStats(Date.now()) };
  registerNetapi(server, context);
  addOperationRoutes(server, context);
  addDescriptionRoute(server);
  server.get('/v1/status', async (request, reply) => {
    const status = ports.status();
    if (!isUnbound(await callerOfRequest(request, ports.access))) status.delete('connected');
    return sendValue(request, reply, status);
  });
  addLoginRoutes(server, ports);
  addJobRoutes(server, ports);
  addKeyRoutes(server, ports);
  addRunnerRoutes(server, ports);
  return server;
}

function addRunnerRoutes(server: FastifyInstance, ports: ControlPorts): void {
  server.post('/v1/runners', async (request, reply) => {
    const body = readCall(bodyOf(request), RunnerBody);
    const { function: fun, positional, keyword, user, background, ...terms } = body;
    const call = { fun, positional, keyword, terms };
    const caller = await callerOfRequest(request, ports.access, user);
    if (background) return sendValue(request, reply.status(202), toValue({ ...ports.runners.begin(call, caller) }));
    const answer = await ports.runners.run(call, caller);
    const { value, retcode, outputter, printed } = answer;
    return sendValue(request, reply, toValue({ value, retcode, outputter, printed }));
  });
  server.get('/v1/events', async (request, reply) => {
    judgeSpecial(ports, 'runner', 'state.event', await callerOfRequest(request, ports.access));
    const { tag } = request.query as { tag?: string };
    const signal = signalOf(reply);
    const events = ports.events.subscribe({ signal, ...(tag === undefined ? {} : { tag }) });
    return sendStream(
      request,
      reply,
      mapAsync(events, ({ tag: name, payload }) => toValue({ tag: name, payload })),
    );
  });
}

function addLoginRoutes(server: FastifyInstance, ports: ControlPorts): void {
  server.post('/v1/login', async (request, reply) => {
    const { expire, ...credentials } = readPlain(bodyOf(request), LoginBody);
    const terms = {
      kind: 'token',
      from: placeOfRequest(request),
      ...(expire === undefined ? {} : { expire }),
    } as const;
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
  addKeyCareRoutes(server, ports);
  addTokenRoutes(server, ports);
  server.post('/v1/keys', async (request, reply) => {
    const change = readPlain(bodyOf(request), KeyChangeBody);
    const caller = await callerOfRequest(request, ports.access);
    judgeSpecial(ports, 'wheel', `key.${change.action}`, caller, [change.match]);
    const changed = await ports.keys.change(change);
    return sendValue(request, reply, { keys: changed.map(keyToValue) });
  });
}

/** Undoing deletions and renewing keys. */
function addKeyCareRoutes(server: FastifyInstance, ports: ControlPorts): void {
  const judge = async (request: FastifyRequest, fun: string, match?: string): Promise<void> =>
    judgeSpecial(ports, 'wheel', fun, await callerOfRequest(request, ports.access), match === undefined ? [] : [match]);
  server.get('/v1/keys/deleted', async (request, reply) => {
    await judge(request, 'key.list_deleted');
    return sendValue(request, reply, toValue({ keys: (await ports.keys.deleted()).map((key) => ({ ...key })) }));
  });
  server.post('/v1/keys/restore', async (request, reply) => {
    const { match } = readPlain(bodyOf(request), KeyMatchBody);
    await judge(request, 'key.restore', match);
    return sendValue(request, reply, { keys: (await ports.keys.restore(match)).map(keyToValue) });
  });
  server.post('/v1/keys/rotate', async (request, reply) => {
    const { match } = readPlain(bodyOf(request), KeyMatchBody);
    await judge(request, 'key.rotate', match);
    const minions = await ports.keys.rotateMinions(match);
    return sendValue(request, reply, toValue({ minions: minions.map((answer) => ({ ...answer })) }));
  });
  server.post('/v1/keys/rotate-master', async (request, reply) => {
    await judge(request, 'key.rotate_master');
    return sendValue(request, reply, { ...(await ports.keys.rotateMaster()) });
  });
}

function addTokenRoutes(server: FastifyInstance, ports: ControlPorts): void {
  const { keys } = ports;
  const judge = async (request: FastifyRequest, fun: string, name: string): Promise<void> =>
    judgeSpecial(ports, 'wheel', fun, await callerOfRequest(request, ports.access), [name]);
  server.get('/v1/keys/tokens', async (request, reply) => {
    await judge(request, 'key.list_tokens', '*');
    return sendValue(request, reply, toValue({ tokens: (await keys.tokens()).map((token) => ({ ...token })) }));
  });
  server.post('/v1/keys/tokens', async (request, reply) => {
    const wish = readPlain(bodyOf(request), TokenBody);
    await judge(request, 'key.create_token', wish.match);
    return sendValue(request, reply.status(201), { ...(await keys.createToken(wish)) });
  });
  server.post('/v1/keys/tokens/revoke', async (request, reply) => {
    const { name } = readPlain(bodyOf(request), TokenNameBody);
    await judge(request, 'key.revoke_token', name);
    return sendValue(request, reply, { ...(await keys.revokeToken(name)) });
  });
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
