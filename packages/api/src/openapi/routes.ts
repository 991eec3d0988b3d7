import { z } from 'zod';
import { JobBody, JobsQuery, KeyChangeBody, LoginBody, RunnerBody, TargetBody } from '../request-schemas.ts';

/** A route as it is described. */
export interface DescribedRoute {
  readonly method: 'get' | 'post';
  /** With parameters in braces. */
  readonly path: string;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Without a login or a door that says who comes. */
  readonly isOpen?: boolean;
  /** What a good answer is. */
  readonly answer: string;
  /** Of the surface that Salt has; else ours. */
  readonly isOfSalt?: boolean;
}

const anyValue = z.unknown();
const positional = z.array(anyValue).describe('Positional arguments.').optional();
const keyword = z.record(z.string(), anyValue).describe('Keyword arguments.').optional();
const metadata = anyValue.optional();

/** What the control surface takes, from the schemas that read it. */
const own: readonly DescribedRoute[] = [
  { method: 'get', path: '/health', summary: 'Whether the process answers.', isOpen: true, answer: 'status' },
  {
    method: 'get',
    path: '/ready',
    summary: 'Whether the master takes jobs; 503 when not.',
    isOpen: true,
    answer: 'status, problem',
  },
  { method: 'get', path: '/metrics', summary: 'Measures in the text format of Prometheus.', answer: 'text' },
  { method: 'get', path: '/openapi.json', summary: 'This description.', isOpen: true, answer: 'OpenAPI 3.1' },
  {
    method: 'get',
    path: '/v1/status',
    summary: 'Version, process and connected minions of the master.',
    answer: 'facts',
  },
  {
    method: 'post',
    path: '/v1/login',
    summary: 'A token for a login by external_auth.',
    isOpen: true,
    body: LoginBody,
    answer: 'token, user, eauth, start, expire, permissions',
  },
  { method: 'post', path: '/v1/logout', summary: 'Ends the token of the request.', answer: 'ended' },
  {
    method: 'post',
    path: '/v1/targets',
    summary: 'The minions that a target means.',
    body: TargetBody,
    answer: 'minions',
  },
  {
    method: 'post',
    path: '/v1/jobs',
    summary:
      'Submits a job; with `follow` the answer is the stream of its events. `Idempotency-Key` keeps a repeated request from running twice.',
    body: JobBody.extend({ positional, keyword, metadata }),
    answer: '201: jid, minions',
  },
  {
    method: 'get',
    path: '/v1/jobs',
    summary: 'Jobs, newest first; `next` goes on as `before`.',
    query: JobsQuery,
    answer: 'jobs, next',
  },
  {
    method: 'get',
    path: '/v1/jobs/{jid}',
    summary: 'One job with its minions, returns and statuses.',
    answer: 'a job',
  },
  {
    method: 'get',
    path: '/v1/jobs/{jid}/follow',
    summary:
      'What happens to a job, as it happens: lines of JSON, server-sent events by Accept, or frames of a WebSocket.',
    query: z.object({ patience: z.coerce.number().int().optional() }),
    answer: 'events',
  },
  {
    method: 'post',
    path: '/v1/jobs/{jid}/cancel',
    summary: 'Withdraws what waits and stops what runs.',
    answer: 'cancelled',
  },
  {
    method: 'get',
    path: '/v1/keys',
    summary: 'Keys of minions.',
    query: z.object({ match: z.string().optional() }),
    answer: 'keys',
  },
  {
    method: 'post',
    path: '/v1/keys',
    summary: 'Accepts, rejects or deletes keys.',
    body: KeyChangeBody,
    answer: 'keys',
  },
  { method: 'get', path: '/v1/keys/master', summary: "The master's own key.", answer: 'fingerprint, publicKey' },
  {
    method: 'post',
    path: '/v1/runners',
    summary: 'Runs a runner.',
    body: RunnerBody.extend({ positional, keyword }),
    answer: 'value, retcode, outputter',
  },
  {
    method: 'get',
    path: '/v1/events',
    summary: 'The event bus, from now on.',
    query: z.object({ tag: z.string().optional() }),
    answer: 'events',
  },
];

const chunk = z.looseObject({
  client: z
    .string()
    .describe('local, local_async, local_batch, local_subset, runner, runner_async, wheel, wheel_async, caller.'),
  fun: z.union([z.string(), z.array(z.string())]).optional(),
  tgt: z.union([z.string(), z.array(z.string())]).optional(),
  tgt_type: z.string().optional(),
  arg: anyValue.optional(),
  kwarg: z.record(z.string(), anyValue).optional(),
  timeout: z.number().optional(),
  full_return: z.boolean().optional(),
});
const chunks = z.union([chunk, z.array(chunk)]);
const credentials = z.looseObject({ username: z.string(), password: z.string(), eauth: z.string() });

/** What clients of Salt know. */
const ofSalt: readonly DescribedRoute[] = [
  {
    method: 'get',
    path: '/',
    summary: 'Welcome, with the names of the clients.',
    isOpen: true,
    answer: 'return, clients',
  },
  { method: 'post', path: '/', summary: 'Runs chunks one after another.', body: chunks, answer: 'return' },
  { method: 'get', path: '/login', summary: 'Says that one has to log in.', isOpen: true, answer: 'status, return' },
  {
    method: 'post',
    path: '/login',
    summary: 'Begins a session.',
    isOpen: true,
    body: credentials,
    answer: 'return: token, start, expire, user, eauth, perms',
  },
  { method: 'post', path: '/logout', summary: 'Ends the session.', answer: 'return' },
  {
    method: 'post',
    path: '/token',
    summary: 'A token of the master, for chunks of /run.',
    isOpen: true,
    body: credentials,
    answer: 'a list of tokens',
  },
  {
    method: 'post',
    path: '/run',
    summary: 'Runs chunks that say themselves who they are from.',
    isOpen: true,
    body: chunks,
    answer: 'return',
  },
  { method: 'get', path: '/minions', summary: 'Grains of all minions.', answer: 'return' },
  { method: 'get', path: '/minions/{mid}', summary: 'Grains of one minion, or of those that match.', answer: 'return' },
  { method: 'post', path: '/minions', summary: 'Submits jobs.', body: chunks, answer: '202: return, _links' },
  { method: 'get', path: '/jobs', summary: 'Jobs.', answer: 'return' },
  { method: 'get', path: '/jobs/{jid}', summary: 'One job.', answer: 'info, return' },
  { method: 'get', path: '/keys', summary: 'Ids of keys by state.', answer: 'return' },
  { method: 'get', path: '/keys/{mid}', summary: 'Fingerprints.', answer: 'return' },
  {
    method: 'post',
    path: '/keys',
    summary: 'A new key pair, accepted at once, as a tar.',
    isOpen: true,
    body: credentials.extend({ mid: z.string() }),
    answer: 'application/x-tar',
  },
  { method: 'get', path: '/events', summary: 'The event bus as server-sent events.', answer: 'text/event-stream' },
  {
    method: 'get',
    path: '/ws',
    summary: 'The event bus over a WebSocket; the token may be a further part of the path.',
    answer: '101',
  },
  {
    method: 'post',
    path: '/hook',
    summary: 'Fires the event salt/netapi/hook; further parts of the path are those of the tag.',
    body: anyValue,
    answer: 'success',
  },
  { method: 'get', path: '/stats', summary: 'Statistics.', answer: 'statistics' },
];

/** Every route there is, in the order of the reference. */
export const describedRoutes: readonly DescribedRoute[] = [
  ...own,
  ...ofSalt.map((route) => ({ ...route, isOfSalt: true })),
];
