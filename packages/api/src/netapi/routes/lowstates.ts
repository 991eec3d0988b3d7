import { isAppError, pythonStr, toValue, type Dict } from '@brine/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { placeOfRequest } from '../../place-of-request.ts';
import type { Caller } from '../../caller.ts';
import { clientNames } from '../chunk-clients.ts';
import { signalOf } from '../../answer-values.ts';
import { HttpProblem } from '../http-problem.ts';
import { sendAnswer } from '../media-types.ts';
import type { NetapiContext } from '../netapi-context.ts';
import { readBody, readChunks } from '../read-body.ts';
import { runChunks } from '../run-chunks.ts';
import { requireSession } from '../session.ts';
import { credentialsOf } from './sessions.ts';

/** `/` and `/run`: lists of what is to be done. */
export function addLowstateRoutes(server: FastifyInstance, context: NetapiContext): void {
  server.get('/', (request, reply) => sendAnswer(request, reply, toValue({ return: 'Welcome', clients: clientNames })));
  server.post('/', async (request, reply) => {
    const { caller } = await requireSession(request, reply, context);
    const chunks = readChunks(readBody(request));
    const answers = await runChunks({
      ...{ chunks, context, signal: signalOf(reply) },
      callerOf: () => Promise.resolve(caller),
    });
    return sendAnswer(request, reply, toValue({ return: answers }));
  });
  server.post('/run', async (request, reply) => {
    const chunks = readChunks(readBody(request));
    const answers = await runChunks({
      ...{ chunks, context, signal: signalOf(reply) },
      callerOf: async (chunk) => callerOfChunk(request, chunk, context),
    });
    return sendAnswer(request, reply, toValue({ return: answers }));
  });
}

/** Who a chunk says it is from, by its token or credentials. */
export async function callerOfChunk(request: FastifyRequest, chunk: Dict, context: NetapiContext): Promise<Caller> {
  const token = chunk.get('token') ?? null;
  if (token !== null) return callerOfToken(pythonStr(token), request, context);
  if (!chunk.has('eauth')) throw new HttpProblem(401, 'No authentication credentials given');
  const credentials = credentialsOf(chunk);
  const message = refusalFor(chunk, credentials?.username ?? 'UNKNOWN');
  if (credentials === undefined) throw new HttpProblem(401, message, { code: 'login-refused' });
  try {
    return await context.ports.access.authenticate(credentials, placeOfRequest(request));
  } catch (error) {
    if (isAppError(error, 'login-refused')) throw new HttpProblem(401, message, { code: 'login-refused' });
    throw error;
  }
}

async function callerOfToken(token: string, request: FastifyRequest, { ports }: NetapiContext): Promise<Caller> {
  if (!/^(?:brine_)?[0-9a-f]+$/i.test(token)) throw new HttpProblem(401, 'Invalid token');
  const caller = await ports.access.callerOf(token, ['token', 'key'], placeOfRequest(request));
  if (caller === undefined) throw new HttpProblem(401, 'Authentication error occurred.');
  return caller;
}

function refusalFor(chunk: Dict, user: string): string {
  return pythonStr(chunk.get('client') ?? null).startsWith('local')
    ? 'Authentication error occurred.'
    : `Authentication failure of type "eauth" occurred for user ${user}.`;
}
