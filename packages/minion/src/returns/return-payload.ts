import {
  callsOf,
  decodeValue,
  isCompound,
  isDict,
  type Dict,
  type JobCall,
  type JobMessage,
  type JobReturn,
  type Value,
} from '@brine/common';
import { hideSecretArguments } from '@brine/modules/kit';

/** What is known of a call that returned. */
export interface ReturnedCall {
  readonly id: string;
  readonly jid: string;
  readonly fun: string;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
  readonly value: Value;
  readonly retcode: number;
  readonly isSuccess: boolean;
  readonly outputter?: string;
  readonly user?: string;
}

/** A return as Salt's returners get it. */
export function returnPayload(call: ReturnedCall): Dict {
  const { fun, jid, value, retcode, isSuccess, outputter, user, id } = call;
  const payload: Dict = new Map<Value, Value>([
    ['success', isSuccess],
    ['return', value],
    ['retcode', retcode],
  ]);
  if (outputter !== undefined) payload.set('out', outputter);
  payload
    .set('jid', jid)
    .set('fun', isCompound(fun) ? fun.split(',') : fun)
    .set('fun_args', toldArguments(call));
  if (user !== undefined) payload.set('user', user);
  return payload.set('id', id);
}

/** The arguments of a call as others may be told of them: in one list, and what a function takes as a secret masked. */
export function toldArguments({
  fun,
  positional,
  keyword,
}: Pick<ReturnedCall, 'fun' | 'positional' | 'keyword'>): Value[] {
  const call = { fun, positional: [...positional], keyword };
  return isCompound(fun) ? callsOf(call).map(listOf) : listOf(call);
}

function listOf(call: JobCall): Value[] {
  const { positional, keyword } = hideSecretArguments(call);
  return keyword.size === 0 ? [...positional] : [...positional, keyword];
}

/** The return of a job as Salt's returners get it. */
export function jobPayload(id: string, job: JobMessage, jobReturn: JobReturn): Dict {
  const positional = decodeValue(job.argument);
  const keyword = decodeValue(job.keywordArgument);
  const payload = returnPayload({
    ...{ id, jid: job.jid, fun: job.fun, user: job.user },
    positional: Array.isArray(positional) ? positional : [],
    keyword: isDict(keyword) ? keyword : new Map(),
    ...{ value: decodeValue(jobReturn.value), retcode: jobReturn.retcode, isSuccess: jobReturn.status === 'ok' },
    ...(jobReturn.outputter === undefined ? {} : { outputter: jobReturn.outputter }),
  });
  if (job.own?.name !== undefined) payload.set('schedule', job.own.name);
  const metadata = job.own?.metadata === undefined ? undefined : decodeValue(job.own.metadata);
  if (metadata !== undefined) payload.set('metadata', metadata);
  return payload;
}
