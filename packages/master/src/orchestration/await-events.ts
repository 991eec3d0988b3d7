import { compileGlob, equalValues, isDict, type Clock, type Value } from '@brine/common';
import type { EventTap, OriginatedEvent } from '../events/event-bus.ts';

/** Events that a step of an orchestration waits for. */
export interface EventWait {
  /** A glob over tags. */
  readonly tag: string;
  /** The member of the payload, or of its `data`, that is looked at. */
  readonly member: string;
  /** What it is to be. */
  readonly values: readonly Value[];
  /** Milliseconds. */
  readonly timeout: number;
  /** What an earlier process saw of them. */
  readonly seen: readonly Value[];
  onSeen(seen: readonly Value[]): Promise<void>;
  readonly signal: AbortSignal;
}

/** What came of it. */
export interface EventWaitEnd {
  readonly seen: readonly Value[];
  readonly isComplete: boolean;
}

/** Resolves when every value was told of, the time is over, or the signal fires. */
export async function awaitEvents(wait: EventWait, events: EventTap, clock: Clock): Promise<EventWaitEnd> {
  const matches = compileGlob(wait.tag);
  const seen = [...wait.seen];
  const open = wait.values.filter((value) => !seen.some((one) => equalValues(one, value)));
  const end = (): EventWaitEnd => ({ seen, isComplete: open.length === 0 });
  if (open.length === 0) return end();
  let writing = Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      stopListening();
      timer.cancel();
      wait.signal.removeEventListener('abort', finish);
      void writing.then(() => resolve(end()));
    };
    const stopListening = events.listen((event) => {
      if (!matches(event.tag)) return;
      const found = takeSeen(valueIn(event, wait.member), open);
      if (found.length === 0) return;
      seen.push(...found);
      const told = [...seen];
      writing = writing.then(async () => wait.onSeen(told)).catch(() => {});
      if (open.length === 0) finish();
    });
    const timer = clock.after(wait.timeout, finish);
    wait.signal.addEventListener('abort', finish);
  });
}

function valueIn({ payload }: OriginatedEvent, member: string): Value | undefined {
  const own = payload.get(member);
  if (own !== undefined && own !== null) return own;
  const data = payload.get('data');
  return data !== undefined && isDict(data) ? data.get(member) : undefined;
}

/** Takes the values that an event tells of out of those that are open. */
function takeSeen(value: Value | undefined, open: Value[]): readonly Value[] {
  if (value === undefined || value === null) return [];
  const told = Array.isArray(value) ? value : [value];
  const found: Value[] = [];
  for (const one of told) {
    const index = open.findIndex((wanted) => equalValues(wanted, one));
    if (index !== -1) found.push(...open.splice(index, 1));
  }
  return found;
}
