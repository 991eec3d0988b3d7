import { createHash } from 'node:crypto';
import { encodeValue, pythonStr, type Value } from '@brine/common';
import type { JobRequest } from '@brine/api';

/** Arguments that say how a run waits for others, not what it does. */
const waitingArguments = new Set(['queue', 'concurrent']);

/**
 * The lane of a job: a whole highstate is outdated by a newer one with the same arguments, so of those that wait for
 * a minion only the newest is worth running. `undefined` for everything else.
 */
export function laneOf({ fun, positional, keyword }: JobRequest): string | undefined {
  const isHighstate = fun === 'state.highstate' || (fun === 'state.apply' && !keyword.has('mods'));
  if (!isHighstate || positional.length > 0) return undefined;
  const telling = [...keyword].filter(([name]) => !waitingArguments.has(pythonStr(name)));
  const sorted = telling.toSorted(([a], [b]) => (pythonStr(a) < pythonStr(b) ? -1 : 1));
  return `highstate ${createHash('sha256')
    .update(encodeValue(new Map<Value, Value>(sorted)))
    .digest('hex')}`;
}
