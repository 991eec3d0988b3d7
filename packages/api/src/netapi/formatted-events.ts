import { dumpJson, isDict, toValue, type Dict, type Value } from '@brine/common';
import type { MasterEvent } from '../control-ports.ts';

/** Jobs that are remembered for one reader. */
const jobsRemembered = 1000;

/** What a WebSocket with `format_events` gets for an event: jobs as they stand; nothing for events of other kinds. */
export function createFormattedEvents(): (event: MasterEvent) => string | undefined {
  const jobs: Dict = new Map();
  return ({ tag, payload }) => {
    const [, jid, kind, minion] = /^salt\/job\/(\d+)\/(new|ret)(?:\/(.+))?$/.exec(tag) ?? [];
    if (jid === undefined) return undefined;
    if (kind === 'new') jobs.set(jid, newJob(jid, payload));
    const job = jobs.get(jid) ?? null;
    if (!isDict(job)) return undefined;
    if (kind === 'ret' && minion !== undefined) takeReturn(job, minion, payload);
    if (jobs.size > jobsRemembered) jobs.delete(jobs.keys().next().value ?? '');
    return dumpJson(new Map([['jobs', jobs]]));
  };
}

function newJob(jid: string, payload: Dict): Dict {
  const minions = payload.get('minions') ?? [];
  const waiting = (Array.isArray(minions) ? minions : []).map((id): [Value, Value] => [
    id,
    toValue({ success: false }),
  ]);
  return toValue({
    jid,
    start_time: payload.get('_stamp') ?? '',
    fun: payload.get('fun') ?? '',
    tgt: payload.get('tgt') ?? '',
    tgt_type: payload.get('tgt_type') ?? '',
    state: 'running',
    minions: new Map(waiting),
  }) as Dict;
}

function takeReturn(job: Dict, minion: string, payload: Dict): void {
  const minions = job.get('minions') ?? null;
  if (!isDict(minions)) return;
  minions.set(
    minion,
    toValue({
      return: payload.get('return') ?? null,
      retcode: payload.get('retcode') ?? 0,
      success: payload.get('success') ?? false,
    }),
  );
  const isComplete = [...minions.values()].every((state) => isDict(state) && state.has('retcode'));
  if (isComplete) job.set('state', 'complete');
}
