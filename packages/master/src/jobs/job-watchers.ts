import type { JobEvent } from '@brine/api';
import { createAsyncQueue, type AsyncQueue } from '../async-queue.ts';

/** Events a follower may be behind before it is cut off; it can follow again. */
const unreadLimit = 100_000;

/** Who follows which job. */
export interface JobWatchers {
  watch(jid: string, signal: AbortSignal): AsyncQueue<JobEvent>;
  unwatch(jid: string, queue: AsyncQueue<JobEvent>): void;
  tell(jid: string, event: JobEvent): void;
  /** Tells every follower of every job. */
  tellAll(event: JobEvent): void;
}

/** Creates an empty set of followers. */
export function createJobWatchers(): JobWatchers {
  const watchers = new Map<string, Set<AsyncQueue<JobEvent>>>();
  const push = (queue: AsyncQueue<JobEvent>, event: JobEvent): void => {
    if (!queue.push(event)) queue.end();
  };
  return {
    watch(jid, signal) {
      const queue = createAsyncQueue<JobEvent>(unreadLimit, signal);
      const set = watchers.get(jid) ?? new Set();
      watchers.set(jid, set.add(queue));
      return queue;
    },
    unwatch(jid, queue) {
      queue.end();
      const set = watchers.get(jid);
      set?.delete(queue);
      if (set?.size === 0) watchers.delete(jid);
    },
    tell(jid, event) {
      for (const queue of watchers.get(jid) ?? []) push(queue, event);
    },
    tellAll(event) {
      for (const set of watchers.values()) for (const queue of set) push(queue, event);
    },
  };
}
