import { isAppError, pythonStr } from '@brine/common';
import type { AccessControl } from '../access-ports.ts';
import { isUnbound, type Caller } from '../caller.ts';
import type { MasterEvent } from '../control-ports.ts';
import { noArguments } from '../judge-route.ts';

/** Own jobs and calls that are remembered for one reader. */
const remembered = 1000;

/**
 * Which events somebody sees: all, who may watch the bus (the runner `state.event`); everybody else those of own jobs, runners
 * and wheel functions, as events hold what others' jobs were given and answered.
 */
export function createEventSight(
  caller: Caller,
  access: Pick<AccessControl, 'judgeSpecial'>,
): (event: MasterEvent) => boolean {
  if (mayWatch(caller, access)) return () => true;
  const own = new Set<string>();
  return ({ tag, payload }) => {
    const [, jid] = /^salt\/(?:job|run|wheel)\/(\d{20})\//.exec(tag) ?? [];
    if (jid === undefined) return false;
    const user = payload.get('user');
    // What minions tell while a job runs does not say whose it is.
    if (user === undefined) return own.has(jid);
    if (pythonStr(user) !== caller.user) return false;
    own.add(jid);
    if (own.size > remembered) own.delete(own.values().next().value ?? '');
    return true;
  };
}

function mayWatch(caller: Caller, access: Pick<AccessControl, 'judgeSpecial'>): boolean {
  if (isUnbound(caller)) return true;
  try {
    access.judgeSpecial('runner', { fun: 'state.event', ...noArguments() }, caller);
    return true;
  } catch (error) {
    if (isAppError(error, 'access-refused')) return false;
    throw error;
  }
}
