import { decodeValue, isCompound, jidStartTime, type Plain, type Value } from '@brine/common';
import { decodeCall, shownCall } from '../jobs/told-arguments.ts';
import type { Delivery, JobRecord } from '../store/store.ts';

/** A job in the shape of `jobs.list_jobs`. */
export function listedJob(job: JobRecord): { readonly [key: string]: Plain } {
  const { positional, keyword } = shownCall(decodeCall(job.fun, job.positional, job.keyword));
  return {
    Arguments:
      keyword.size === 0 ? [...positional] : [...positional, new Map<Value, Value>([['__kwarg__', true], ...keyword])],
    Function: isCompound(job.fun) ? job.fun.split(',') : job.fun,
    StartTime: jidStartTime(job.jid),
    Target: job.target.expression,
    'Target-type': job.target.type,
    User: job.user,
    ...(job.metadata === undefined ? {} : { Metadata: job.metadata }),
  };
}

/** A job with its minions and what they returned, in the shape of `jobs.list_job`. */
export function detailedJob(job: JobRecord, deliveries: readonly Delivery[]): { readonly [key: string]: Plain } {
  const returned = deliveries.filter(({ value }) => value !== undefined);
  return {
    jid: job.jid,
    ...listedJob(job),
    Minions: deliveries.map(({ minion }) => minion),
    Result: new Map(returned.map((delivery) => [delivery.minion, returnShape(delivery)])),
    Status: new Map(deliveries.map(({ minion, status }) => [minion, status])),
  };
}

/** A return as the job cache of Salt holds it. */
function returnShape({ value, retcode, status, outputter, pillarVersion }: Delivery): Map<Value, Plain> {
  return new Map<Value, Plain>([
    ['return', value === undefined ? null : decodeValue(value)],
    ['retcode', retcode ?? 1],
    ['success', status === 'ok'],
    ...(outputter === undefined ? [] : [['out', outputter] as [Value, Plain]]),
    ...(pillarVersion === undefined ? [] : [['pillar_version', pillarVersion] as [Value, Plain]]),
  ]);
}
