import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createEventHub } from './event-hub.ts';
import { guardRequests } from './guard-requests.ts';
import { HttpProblem } from './http-problem.ts';
import { createPathRules, type PathRules } from './methods-of-path.ts';
import type { NetapiContext } from './netapi-context.ts';
import { addCorsHeaders, answerPreflight } from './origins.ts';
import { addEventRoutes } from './routes/event-streams.ts';
import { addFileRoutes } from './routes/files.ts';
import { addHookRoutes } from './routes/hooks.ts';
import { addLowstateRoutes } from './routes/lowstates.ts';
import { addNewKeyRoute } from './routes/new-keys.ts';
import { addResourceRoutes } from './routes/resources.ts';
import { addSessionRoutes } from './routes/sessions.ts';
import { addStatsRoute } from './routes/stats.ts';
import { createWebsocketDoor } from './websocket-door.ts';

/** Adds the routes that clients of Salt's API know. */
export function registerNetapi(server: FastifyInstance, context: NetapiContext): void {
  const { settings, ports, logger } = context;
  const hub = createEventHub(ports.events, logger);
  const websockets = createWebsocketDoor(context, hub);
  websockets.attach(server.server);
  const rules = createPathRules(settings);
  guardRequests(server, context);
  server.addHook('onRequest', async (request, reply) => {
    if (isOurs(request.url)) return undefined;
    addCorsHeaders(request, reply, settings);
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) {
      return answerPreflight(reply);
    }
    requireKnownQuery(request, rules, settings.rootPrefix);
    return undefined;
  });
  server.addHook('preClose', async () => {
    hub.close();
    websockets.close();
  });
  server.register(
    async (scope) => {
      addLowstateRoutes(scope, context);
      addSessionRoutes(scope, context, hub);
      addResourceRoutes(scope, context);
      addNewKeyRoute(scope, context);
      addEventRoutes(scope, context, hub);
      addHookRoutes(scope, context);
      addStatsRoute(scope, context);
      addFileRoutes(scope, context);
      for (const path of ['/ws', '/ws/:token']) {
        scope.get(path, () => {
          throw new HttpProblem(426, 'This is for WebSockets', { headers: { upgrade: 'websocket' } });
        });
      }
    },
    { prefix: settings.rootPrefix },
  );
}

/** Whether a path is one of ours and not one that Salt has. */
export function isOurs(url: string): boolean {
  return /^\/(?:v1|health|ready|metrics|openapi\.json)(?:\/|$|\?)/.test(url);
}

/** The answer for what is not there: 405 where another method would be, else 404. */
export function problemOfUnknown(request: FastifyRequest, settings: NetapiContext['settings']): HttpProblem {
  const path = pathOf(request.url);
  const rule = ruleOf(path, createPathRules(settings), settings.rootPrefix);
  if (rule === undefined || rule.methods.split(', ').includes(request.method)) {
    return new HttpProblem(404, `The path '${path}' was not found.`);
  }
  return new HttpProblem(405, 'Specified method is invalid for this resource', { headers: { allow: rule.methods } });
}

function requireKnownQuery(request: FastifyRequest, rules: PathRules, prefix: string): void {
  const rule = ruleOf(pathOf(request.url), rules, prefix);
  const query = request.query as Readonly<Record<string, unknown>>;
  if (rule?.query === undefined) return;
  const { query: known } = rule;
  if (Object.keys(query).every((key) => known.includes(key))) return;
  throw new HttpProblem(404, 'Nothing matches the given URI');
}

function ruleOf(path: string, rules: PathRules, prefix: string): PathRules[number] | undefined {
  if (!path.startsWith(prefix)) return undefined;
  return rules.find((rule) => rule.path.test(path.slice(prefix.length)));
}

function pathOf(url: string): string {
  return url.split('?')[0] ?? '';
}
