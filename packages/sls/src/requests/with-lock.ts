import { pythonRepr, type StateAnswer, type StateRequestKind } from '@brine/common';
import { readFlag, readQueue, type RequestArguments } from './request-arguments.ts';
import type { StateLockAnswer, StateLockHolder } from './state-lock.ts';
import type { StateRunPorts } from './state-run-ports.ts';

/** Whether this engine's own run has the lock: a state that runs states inside it needs none. */
export interface LockState {
  isHeld: boolean;
}

/** What is to be done under the lock. */
export interface LockedWork {
  readonly ports: StateRunPorts;
  readonly kind: StateRequestKind;
  readonly given: RequestArguments;
  readonly state: LockState;
}

/** Runs `work` while no other state run does, unless the call says `concurrent`; or answers who is in the way. */
export async function withLock(
  { ports, kind, given, state }: LockedWork,
  work: () => Promise<StateAnswer>,
): Promise<StateAnswer> {
  if (state.isHeld || readFlag(given.get('concurrent'), 'concurrent') === true) return work();
  const answer = await acquire(ports, kind, readQueue(given.get('queue') ?? ports.options.get('state_queue')));
  if ('holders' in answer) return { value: answer.holders.map(describeHolder), retcode: 1 };
  state.isHeld = true;
  try {
    return await work();
  } finally {
    state.isHeld = false;
    // Marks are for one run: nobody takes back those of a run that is over.
    await ports.pauses?.write(ports.jid, new Map());
    await answer.release();
  }
}

/** The converge loop waits for everybody, and everybody for it: nobody is refused because it happens to run. */
async function acquire(
  { lock, signal }: StateRunPorts,
  kind: StateRequestKind,
  queue: boolean | number,
): Promise<StateLockAnswer> {
  const wish = { function: `state.${kind}`, signal };
  const answer = await lock.acquire({ ...wish, queue: isLoop(wish.function) || queue });
  const isOnlyLoop = 'holders' in answer && answer.holders.every((holder) => isLoop(holder.function));
  return isOnlyLoop ? lock.acquire({ ...wish, queue: true }) : answer;
}

function isLoop(fun: string): boolean {
  return fun === 'state.converge' || fun === 'state.drift';
}

/** Who holds the lock, in Salt's words. */
export function describeHolder(holder: StateLockHolder): string {
  const name = pythonRepr(holder.function).slice(1, -1);
  return `The function "${name}" is running as PID ${holder.pid} and was started at ${holder.startedAt} with jid ${holder.jid}`;
}
