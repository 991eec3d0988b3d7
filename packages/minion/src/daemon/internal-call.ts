import { decodeValue, encodeValue, pythonStr, type Value } from '@brine/common';
import { minionError } from '../errors.ts';
import type { MasterSession } from './master-session.ts';
import type { WorkerPool } from './worker-pool.ts';

/** A function that the daemon itself has called in a worker, beside the jobs and under no id of its own. */
export function internalCall(
  fun: string,
  { options, grains }: MasterSession,
): Parameters<WorkerPool['run']>[0]['message'] {
  const nothing = { argument: encodeValue([]), keywordArgument: encodeValue(new Map()) };
  return {
    kind: 'run',
    job: { jid: '0', fun, ...nothing, user: 'minion' },
    options,
    ...(grains === undefined ? {} : { grains }),
  };
}

/** Calls an execution function and resolves with its answer. Throws `call-failed` with what it said. */
export async function callInWorker(
  { pool, session }: { readonly pool: WorkerPool; readonly session: MasterSession },
  fun: string,
  positional: readonly Value[],
): Promise<Value> {
  const message = internalCall(fun, session);
  const job = { ...message.job, argument: encodeValue([...positional]) };
  const { result } = pool.run({ message: { ...message, job, withoutPillar: true }, onProgress: () => {} });
  const ended = await result;
  if (ended.status === 'ok' && 'value' in ended) return decodeValue(ended.value);
  throw minionError('call-failed', 'value' in ended ? pythonStr(decodeValue(ended.value)) : ended.reason);
}
