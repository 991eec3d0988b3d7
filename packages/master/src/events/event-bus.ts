import { compileGlob, pythonStr, stampOf, toValue, type Clock, type Dict, type Plain } from '@brine/common';
import type { EventControl, MasterEvent } from '@brine/api';
import { createAsyncQueue, type AsyncQueue } from '../async-queue.ts';
import type { EventOrigin } from './event-origin.ts';

/** Events one subscriber may be behind before it is told of a gap. */
const unreadLimit = 10_000;

/** The master's event bus: Salt's tags and payloads, in memory. */
export interface EventBus extends EventControl {
  /** Hands an event to all subscribers; `_stamp` is added as Salt adds it. The master caused it unless told otherwise. */
  emit(tag: string, payload: { readonly [key: string]: Plain }, origin?: EventOrigin): void;
}

/** An event, with who caused it. */
export interface OriginatedEvent extends MasterEvent {
  readonly origin: EventOrigin;
}

/** Tells of every event at once, missing none. */
export interface EventTap {
  listen(listener: (event: OriginatedEvent) => void): () => void;
}

/** Creates an event bus that stamps events by `clock`. */
export function createEventBus(clock: Clock): EventBus & EventTap {
  const subscribers = new Set<(event: OriginatedEvent) => void>();
  function emit(tag: string, payload: { readonly [key: string]: Plain }, origin: EventOrigin = 'master'): void {
    if (subscribers.size === 0) return;
    const stamped = toValue({ ...payload, _stamp: stampOf(clock.now()) }) as Dict;
    for (const deliver of subscribers) deliver({ tag, payload: stamped, origin });
  }
  return {
    emit,
    fire: (tag, payload) =>
      emit(tag, Object.fromEntries([...payload].map(([key, value]) => [pythonStr(key), value])), 'webhook'),
    listen(listener) {
      subscribers.add(listener);
      return () => void subscribers.delete(listener);
    },
    async *subscribe({ tag = '*', signal }) {
      const matches = compileGlob(tag);
      const queue = createAsyncQueue<MasterEvent>(unreadLimit, signal);
      const deliver = ({ tag: given, payload }: OriginatedEvent): void => {
        if (matches(given)) queue.push({ tag: given, payload });
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
