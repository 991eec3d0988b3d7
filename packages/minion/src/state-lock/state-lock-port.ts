import { jidTime, type Jid } from '@brine/common';
import type { StateLockHolder, StateLockPort } from '@brine/sls';
import type { HeldLock, StateLock } from './state-lock.ts';
import type { LockHolder } from './ticket-store.ts';

/**
 * The lock as the state engine takes it for one job. A state run inside a state run of the same process goes on under
 * the lock that is held already.
 */
export function createStateLockPort(lock: StateLock, jid: string): StateLockPort {
  const own = process.pid;
  let depth = 0;
  let held: HeldLock | undefined;

  async function release(): Promise<void> {
    depth -= 1;
    if (depth > 0) return;
    const letGo = held;
    held = undefined;
    await letGo?.release();
  }

  async function othersAhead(): Promise<readonly LockHolder[]> {
    return (await lock.holders()).filter(({ pid }) => pid !== own);
  }

  return {
    holders: async () => (await othersAhead()).map(toStateHolder),
    acquire: async ({ function: fun, queue, signal }) => {
      const holder = { pid: own, fun, jid };
      if (depth === 0) {
        // One waits behind the run that has the lock, so `queue: n` counts those beyond it.
        const mayWait = queue === true || (typeof queue === 'number' && (await othersAhead()).length <= queue);
        const attempt = mayWait
          ? ({ kind: 'held', lock: await lock.acquire(holder, signal) } as const)
          : await lock.tryAcquire(holder);
        if (attempt.kind === 'busy') return { holders: attempt.holders.map(toStateHolder) };
        held = attempt.lock;
      }
      depth += 1;
      return { release };
    },
  };
}

function toStateHolder({ pid, fun, jid }: LockHolder): StateLockHolder {
  return { pid, function: fun, jid, startedAt: showJidTime(jid) };
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The moment a job id stands for, as Salt writes it: `2024, Jan 05 17:06:31.123456`. */
function showJidTime(jid: string): string {
  const at = new Date(jidTime(jid as Jid));
  const month = months[at.getUTCMonth()];
  const day = String(at.getUTCDate()).padStart(2, '0');
  return `${at.getUTCFullYear()}, ${month} ${day} ${at.toISOString().slice(11, 19)}.${jid.slice(14)}`;
}
