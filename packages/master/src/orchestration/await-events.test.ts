import { toValue, type Plain, type Value } from '@brine/common';
import { createManualClock } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { createEventBus } from '../events/event-bus.ts';
import { awaitEvents, type EventWait, type EventWaitEnd } from './await-events.ts';

interface Waiting {
  readonly end: Promise<EventWaitEnd>;
  /** What was told to be kept, each time. */
  readonly kept: readonly (readonly Value[])[];
  readonly fire: (tag: string, payload: Readonly<Record<string, Plain>>) => void;
  readonly advance: (milliseconds: number) => void;
  readonly abort: () => void;
}

function wait(given: Partial<EventWait> = {}): Waiting {
  const clock = createManualClock(0);
  const events = createEventBus(clock);
  const abortion = new AbortController();
  const kept: (readonly Value[])[] = [];
  const wish: EventWait = {
    ...{ tag: 'salt/minion/*/start', member: 'id', values: ['a', 'b'], timeout: 1000, seen: [] },
    onSeen: (seen) => Promise.resolve(void kept.push(seen)),
    signal: abortion.signal,
    ...given,
  };
  const end = awaitEvents(wish, events, clock);
  return {
    ...{ end, kept },
    fire: (tag, payload) => events.emit(tag, payload),
    advance: (milliseconds) => clock.advance(milliseconds),
    abort: () => abortion.abort(),
  };
}

describe('waiting for events', () => {
  it('ends when every value was told of, by events whose tag matches', async () => {
    const { end, fire, kept } = wait();
    fire('salt/minion/a/stop', { id: 'a' });
    fire('salt/minion/b/start', { id: 'b' });
    fire('salt/minion/b/start', { id: 'b' });
    fire('salt/minion/c/start', { id: 'c' });
    fire('salt/minion/a/start', { id: 'a' });
    expect(await end).toEqual({ seen: ['b', 'a'], isComplete: true });
    expect(kept).toEqual([['b'], ['b', 'a']]);
  });

  it('looks into data too, and takes several values of one event', async () => {
    const { end, fire } = wait({ tag: 'x', member: 'who', values: ['a', 2, 'c'] });
    fire('x', { data: toValue({ who: 2 }) });
    fire('x', { who: ['c', 'a', 'z'] });
    expect(await end).toEqual({ seen: [2, 'c', 'a'], isComplete: true });
  });

  it('ends with what it saw when the time is over', async () => {
    const { end, fire, advance } = wait();
    fire('salt/minion/a/start', { id: 'a' });
    advance(1000);
    expect(await end).toEqual({ seen: ['a'], isComplete: false });
  });

  it('counts what was seen before', async () => {
    expect(await wait({ seen: ['b', 'a'] }).end).toEqual({ seen: ['b', 'a'], isComplete: true });
    const { end, fire } = wait({ seen: ['b'] });
    fire('salt/minion/a/start', { id: 'a' });
    expect(await end).toEqual({ seen: ['b', 'a'], isComplete: true });
  });

  it('ends at once when it is aborted', async () => {
    const { end, abort } = wait();
    abort();
    expect(await end).toEqual({ seen: [], isComplete: false });
  });
});
