import { decodeValue, encodeValue, pythonStr, type Dict, type Value } from '@brine/common';
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
  call: { readonly fun: string; readonly positional: readonly Value[]; readonly keyword?: Dict | undefined },
): Promise<Value> {
  const message = internalCall(call.fun, session);
  const given = {
    argument: encodeValue([...call.positional]),
    keywordArgument: encodeValue(call.keyword ?? new Map()),
  };
  const job = { ...message.job, ...given };
  const { result } = pool.run({ message: { ...message, job, withoutPillar: true }, onProgress: () => {} });
  const ended = await result;
  if (ended.status === 'ok' && 'value' in ended) return decodeValue(ended.value);
  throw minionError('call-failed', 'value' in ended ? pythonStr(decodeValue(ended.value)) : ended.reason);
}
