import { compileGlob, pythonStr, toValue, type Clock, type Dict, type Plain } from '@brine/common';
import type { EventControl, MasterEvent } from '@brine/api';
import { createAsyncQueue, type AsyncQueue } from '../async-queue.ts';

/** Events one subscriber may be behind before it is told of a gap. */
const unreadLimit = 10_000;

/** The master's event bus: Salt's tags and payloads, in memory. */
export interface EventBus extends EventControl {
  /** Hands an event to all subscribers; `_stamp` is added as Salt adds it. */
  emit(tag: string, payload: { readonly [key: string]: Plain }): void;
}

/** Creates an event bus that stamps events by `clock`. */
export function createEventBus(clock: Clock): EventBus {
  const subscribers = new Set<(event: MasterEvent) => void>();
  function emit(tag: string, payload: { readonly [key: string]: Plain }): void {
    if (subscribers.size === 0) return;
    const stamped = toValue({ ...payload, _stamp: stampOf(clock.now()) }) as Dict;
    for (const deliver of subscribers) deliver({ tag, payload: stamped });
  }
  return {
    emit,
    fire: (tag, payload) => emit(tag, Object.fromEntries([...payload].map(([key, value]) => [pythonStr(key), value]))),
    async *subscribe({ tag = '*', signal }) {
      const matches = compileGlob(tag);
      const queue = createAsyncQueue<MasterEvent>(unreadLimit, signal);
      const deliver = (event: MasterEvent): void => {
        if (matches(event.tag)) queue.push(event);
      };
      subscribers.add(deliver);
      try {
        for await (const event of queue) {
          yield* gapBefore(queue, clock);
          yield event;
        }
      } finally {
        subscribers.delete(deliver);
      }
    },
  };
}

function* gapBefore(queue: AsyncQueue<MasterEvent>, clock: Clock): Generator<MasterEvent> {
  const dropped = queue.takeDropped();
  if (dropped === 0) return;
  yield { tag: 'salt/event/gap', payload: toValue({ dropped, _stamp: stampOf(clock.now()) }) as Dict };
}

/** Python's `datetime.isoformat` in UTC, as Salt stamps events. */
export function stampOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000');
}
