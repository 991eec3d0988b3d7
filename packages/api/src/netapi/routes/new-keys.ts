import { isAppError, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../http-problem.ts';
import type { NetapiContext } from '../netapi-context.ts';
import { readBody, readChunks } from '../read-body.ts';
import { requireEnabled } from '../run-chunks.ts';
import { writeTar } from '../write-tar.ts';
import { callerOfChunk } from './lowstates.ts';

/** `POST /keys`: a key pair for a new minion, accepted at once, as a tar. */
export function addNewKeyRoute(server: FastifyInstance, context: NetapiContext): void {
  server.post('/keys', async (request, reply) => {
    const [chunk = new Map<Value, Value>()] = readChunks(readBody(request));
    const keyword: Dict = new Map([...chunk].filter(([key]) => ['keysize', 'force'].includes(pythonStr(key))));
    const id = chunk.get('mid') ?? null;
    const caller = await callerOfChunk(request, new Map([...chunk, ['client', 'wheel']]), context);
    requireEnabled('wheel', context.settings);
    if (typeof id !== 'string') throw new HttpProblem(400, 'mid, the id of the minion, is missing');
    const pair = await generate(context, caller, keyword.set('id_', id));
    const files = [
      { name: 'minion.pub', text: pair.pub },
      { name: 'minion.pem', text: pair.priv },
    ];
    return reply
      .header('content-type', 'application/x-tar')
      .header('content-disposition', `attachment; filename="saltkeys-${id}.tar"`)
      .header('cache-control', 'no-cache')
      .send(writeTar(files));
  });
}

async function generate(
  { ports }: NetapiContext,
  caller: Awaited<ReturnType<typeof callerOfChunk>>,
  keyword: Dict,
): Promise<{ readonly pub: string; readonly priv: string }> {
  try {
    const { data } = await ports.wheel.run({ fun: 'key.gen_accept', positional: [], keyword: forms(keyword) }, caller);
    const pair = data.get('return') ?? null;
    if (isDict(pair) && pair.has('priv')) {
      return { pub: pythonStr(pair.get('pub') ?? ''), priv: pythonStr(pair.get('priv') ?? '') };
    }
    const reason = typeof pair === 'string' ? pair : 'the minion has a key already; force=True replaces it';
    throw new HttpProblem(409, reason);
  } catch (error) {
    if (!isAppError(error, 'access-refused')) throw error;
    throw new HttpProblem(401, `Authentication failure of type "eauth" occurred for user ${caller.user}.`);
  }
}

/** Forms have texts for numbers and truth. */
function forms(keyword: Dict): Dict {
  const read = (value: Value): Value => {
    if (typeof value !== 'string') return value;
    if (/^\d+$/.test(value)) return Number(value);
    return /^(?:true|false)$/i.test(value) ? value.toLowerCase() === 'true' : value;
  };
  return new Map([...keyword].map(([key, value]) => [key, key === 'id_' ? value : read(value)]));
}
