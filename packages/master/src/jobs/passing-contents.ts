import { AppError, callsOf, decodeValue, encodeValue, isDict, type Dict, type Value } from '@brine/common';
import type { JobRequest } from '@brine/api';
import type { JobRecord } from '../store/store.ts';

/** Functions that are handed contents of files (`salt-cp`): those pass through the master and are kept nowhere. */
const receiving: readonly string[] = ['cp.recv', 'cp.recv_chunked'];

/** Whether a job carries what must not lie in the job store. */
export function passesContents(fun: string): boolean {
  return fun.split(',').some((name) => receiving.includes(name));
}

/**
 * Throws `request-invalid` for a job with contents that would have to be kept: it can wait neither for minions that are
 * away nor for the turn of a batch.
 */
export function requireKeepable({ fun, batch, safeBatch, durable }: JobRequest): void {
  if (!passesContents(fun) || (batch === undefined && safeBatch === undefined && durable !== true)) return;
  throw new AppError({
    code: 'request-invalid',
    message: `${fun} carries contents of files, which are not kept: it can be neither durable nor in batches`,
  });
}

/** A job as it may be kept: contents of files have given way to their lengths. */
export function withoutContents(job: JobRecord): JobRecord {
  if (!passesContents(job.fun)) return job;
  const [positional, keyword] = [decodeValue(job.positional) as Value[], decodeValue(job.keyword) as Dict];
  const isCompound = job.fun.includes(',');
  const kept = callsOf({ fun: job.fun, positional, keyword }).map((call): Value[] =>
    receiving.includes(call.fun)
      ? call.positional.map((value, index) => (index === placeOf(call.fun) ? lengthOf(value) : value))
      : [...call.positional],
  );
  return { ...job, positional: encodeValue(isCompound ? kept : (kept[0] ?? [])) };
}

/** Where the contents are among the arguments: `cp.recv FILES DEST`, `cp.recv_chunked DEST CHUNK`. */
function placeOf(fun: string): number {
  return fun === 'cp.recv' ? 0 : 1;
}

function lengthOf(value: Value): Value {
  if (isDict(value)) return new Map([...value].map(([path, content]) => [path, lengthOf(content)]));
  if (value instanceof Uint8Array) return `(${value.length} bytes)`;
  return typeof value === 'string' ? `(${Buffer.byteLength(value)} bytes)` : value;
}
