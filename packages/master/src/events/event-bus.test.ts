import { createManualClock } from '@brine/testkit';
import type { MasterEvent } from '@brine/api';
import { expect, it } from 'vitest';
import { createEventBus, type EventBus } from './event-bus.ts';

async function collect(bus: EventBus, tag: string | undefined, emit: () => void): Promise<MasterEvent[]> {
  const controller = new AbortController();
  const seen: MasterEvent[] = [];
  const reading = (async () => {
    const options = { signal: controller.signal, ...(tag === undefined ? {} : { tag }) };
    for await (const event of bus.subscribe(options)) seen.push(event);
  })();
  await Promise.resolve();
  emit();
  await new Promise(setImmediate);
  controller.abort();
  await reading;
  return seen;
}

it('hands events to those who ask for their tag, stamped as Salt stamps them', async () => {
  const bus = createEventBus(createManualClock(Date.UTC(2026, 10, 21, 7, 30, 0, 250)));
  const seen = await collect(bus, 'salt/job/*', () => {
    bus.emit('salt/key', { id: 'web1' });
    bus.emit('salt/job/1/new', { fun: 'test.ping' });
  });
  expect(seen).toEqual([
    {
      tag: 'salt/job/1/new',
      payload: new Map([
        ['fun', 'test.ping'],
        ['_stamp', '2026-11-21T07:30:00.250000'],
      ]),
    },
  ]);
});

it('tells a reader who fell behind how much is missing', async () => {
  const bus = createEventBus(createManualClock());
  const seen = await collect(bus, undefined, () => {
    for (let number = 0; number < 10_005; number += 1) bus.emit('load', { number });
  });
  expect(seen[0]?.tag).toBe('salt/event/gap');
  expect(seen[0]?.payload.get('dropped')).toBe(5);
  expect(seen).toHaveLength(10_001);
});
