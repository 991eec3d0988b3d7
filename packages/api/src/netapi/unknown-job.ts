import { jidStartTime, parseJid, pythonStr, toValue, type Value } from '@brine/common';

/** What clients of Salt get for a job that is not there: no error, as it may come; `undefined` from other runners. */
export function unknownJobAnswer(runner: string, jid: Value): Value | undefined {
  if (runner === 'jobs.lookup_jid') return new Map();
  if (runner !== 'jobs.list_job') return undefined;
  const known = parseJid(pythonStr(jid));
  const StartTime = known === undefined ? '' : jidStartTime(known);
  return toValue({ jid, Error: 'Cannot contact returner or no job with this jid', StartTime, Result: {} });
}
