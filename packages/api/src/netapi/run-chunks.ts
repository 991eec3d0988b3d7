import { isAppError, pythonStr, type Dict, type Value } from '@brine/common';
import type { Caller } from '../caller.ts';
import { chunkClients } from './chunk-clients.ts';
import { HttpProblem } from './http-problem.ts';
import type { NetapiContext } from './netapi-context.ts';
import type { NetapiSettings } from './netapi-settings.ts';

/** Chunks to be run one after another. */
export interface ChunksToRun {
  readonly chunks: readonly Dict[];
  /** Who asks for a chunk. Throws when it does not say. */
  readonly callerOf: (chunk: Dict) => Promise<Caller>;
  readonly signal: AbortSignal;
  readonly context: NetapiContext;
}

/** Runs chunks and answers what they return. The first that is refused or cannot be read ends the request. */
export async function runChunks({ chunks, callerOf, signal, context }: ChunksToRun): Promise<readonly Value[]> {
  const answers: Value[] = [];
  for (const chunk of chunks) {
    const name = pythonStr(chunk.get('client') ?? null);
    const client = chunkClients.get(name);
    if (client === undefined && name !== 'ssh') throw new HttpProblem(400, `Invalid client specified: '${name}'`);
    requireEnabled(name, context.settings);
    const caller = await callerOf(chunk);
    if (client === undefined)
      throw new HttpProblem(400, 'The ssh client does not exist here', { code: 'client-disabled' });
    if (isOn(chunk.get('raw_shell') ?? false)) throw new HttpProblem(401, 'Raw shell option not allowed.');
    try {
      answers.push(...(await client({ chunk, caller, signal, context })));
    } catch (error) {
      throw inWordsOfSalt(error, { client: name, chunk, caller });
    }
  }
  return answers;
}

/** Throws 400 for a client that `netapi_enable_clients` does not name. */
export function requireEnabled(client: string, { enabledClients }: NetapiSettings): void {
  if (enabledClients.has(client)) return;
  throw new HttpProblem(
    400,
    `Client disabled: '${client}'. Add to 'netapi_enable_clients' master config option to enable.`,
    { code: 'client-disabled' },
  );
}

function isOn(value: Value): boolean {
  return value !== false && value !== null && value !== 0 && value !== '';
}

/** Refusals have the status and the words that clients of Salt know. */
function inWordsOfSalt(
  error: unknown,
  { client, chunk, caller }: { readonly client: string; readonly chunk: Dict; readonly caller: Caller },
): unknown {
  if (!isAppError(error)) return error;
  if (error.code === 'job-refused') return refusal('Authorization error occurred.', error);
  if (error.code === 'access-refused' && client !== 'local') {
    const way = chunk.has('eauth') ? 'eauth' : 'token';
    return refusal(`Authentication failure of type "${way}" occurred for user ${caller.user}.`, error);
  }
  return error;
}

function refusal(message: string, { code }: { readonly code: string }): HttpProblem {
  return new HttpProblem(401, message, { code });
}
