import { isAppError, toValue, type Dict, type Plain, type Value } from '@brine/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../../caller.ts';
import { signalOf } from '../../answer-values.ts';
import { HttpProblem } from '../http-problem.ts';
import { sendAnswer } from '../media-types.ts';
import type { NetapiContext } from '../netapi-context.ts';
import { readBody, readChunks } from '../read-body.ts';
import { requireEnabled, runChunks } from '../run-chunks.ts';
import { requireSession } from '../session.ts';
import { unknownJobAnswer } from '../unknown-job.ts';

/** `/minions`, `/jobs` and `GET /keys`: what there is. */
export function addResourceRoutes(server: FastifyInstance, context: NetapiContext): void {
  addMinionRoutes(server, context);
  addJobRoutes(server, context);
  const keys = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { caller } = await requireSession(request, reply, context);
    requireEnabled('wheel', context.settings);
    const match = parameter(request, 'mid');
    const keyword: Dict = match === undefined ? new Map() : new Map([['match', match]]);
    const fun = match === undefined ? 'key.list_all' : 'key.finger';
    const { data } = await judged(caller, () => context.ports.wheel.run({ fun, positional: [], keyword }, caller));
    return sendAnswer(request, reply, toValue({ return: data.get('return') ?? null }));
  };
  server.get('/keys', keys);
  server.get('/keys/:mid', keys);
}

function addMinionRoutes(server: FastifyInstance, context: NetapiContext): void {
  const show = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { caller } = await requireSession(request, reply, context);
    const chunk: Dict = new Map([
      ['client', 'local'],
      ['tgt', parameter(request, 'mid') ?? '*'],
      ['fun', 'grains.items'],
    ]);
    const answers = await runAs(caller, [chunk], { reply, context });
    return sendAnswer(request, reply, toValue({ return: answers }));
  };
  if (!context.settings.hasSessions) return;
  server.get('/minions', show);
  server.get('/minions/:mid', show);
  server.post('/minions', async (request, reply) => {
    const { caller } = await requireSession(request, reply, context);
    const chunks = readChunks(readBody(request)).map((chunk): Dict => new Map([...chunk, ['client', 'local_async']]));
    const answers = await runAs(caller, chunks, { reply, context });
    const jids = answers.flatMap((answer) => (answer instanceof Map && answer.has('jid') ? [answer.get('jid')] : []));
    const links = jids.map((jid) => ({ href: `/jobs/${String(jid as string)}` }));
    return sendAnswer(request, reply.status(202), toValue({ return: answers, _links: { jobs: links } } as Plain));
  });
}

function addJobRoutes(server: FastifyInstance, context: NetapiContext): void {
  if (!context.settings.hasSessions) return;
  const show = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { caller } = await requireSession(request, reply, context);
    const jid = parameter(request, 'jid');
    if (jid === undefined) {
      const jobs = await callRunner(caller, 'jobs.list_jobs', new Map(), context);
      return sendAnswer(request, reply, toValue({ return: [jobs] }));
    }
    const job = (await callRunner(caller, 'jobs.list_job', new Map([['jid', jid]]), context)) as Dict;
    return sendAnswer(request, reply, toValue({ info: [job], return: [returnsOf(job)] }));
  };
  server.get('/jobs', show);
  server.get('/jobs/:jid', show);
  // Salt swallows a further part of the path.
  server.get('/jobs/:jid/:rest', show);
}

function returnsOf(job: Dict): Dict {
  const results = job.get('Result') ?? null;
  if (!(results instanceof Map)) return new Map();
  return new Map(
    [...results].map(([minion, result]) => [minion, result instanceof Map ? (result.get('return') ?? null) : null]),
  );
}

/** A part of the path, or the query parameter of the same name. */
function parameter(request: FastifyRequest, name: string): string | undefined {
  const byPath = (request.params as Readonly<Record<string, string | undefined>>)[name];
  const byQuery = (request.query as Readonly<Record<string, unknown>>)[name];
  const value = byPath ?? (typeof byQuery === 'string' ? byQuery : undefined);
  return value === '' ? undefined : value;
}

async function callRunner(
  caller: Caller,
  fun: string,
  keyword: Dict,
  { ports, settings }: NetapiContext,
): Promise<Value> {
  requireEnabled('runner', settings);
  try {
    const { value } = await judged(caller, async () => ports.runners.run({ fun, positional: [], keyword }, caller));
    return value;
  } catch (error) {
    if (!isAppError(error, 'job-unknown')) throw error;
    return unknownJobAnswer(fun, keyword.get('jid') ?? '') ?? null;
  }
}

async function judged<Result>(caller: Caller, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isAppError(error, 'access-refused')) throw error;
    const message = `Authentication failure of type "token" occurred for user ${caller.user}.`;
    throw new HttpProblem(401, message, { code: error.code });
  }
}

async function runAs(
  caller: Caller,
  chunks: readonly Dict[],
  { reply, context }: { readonly reply: FastifyReply; readonly context: NetapiContext },
): Promise<readonly Value[]> {
  return runChunks({
    ...{ chunks, context, signal: signalOf(reply) },
    callerOf: () => Promise.resolve(caller),
  });
}
