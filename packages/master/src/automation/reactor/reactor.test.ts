import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@brine/common';
import { createManualClock } from '@brine/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEventBus } from '../../events/event-bus.ts';
import { openAutomationStore, type AutomationStore } from '../automation-store.ts';
import type { Reaction } from './reaction.ts';
import { createReactor, type Reactor } from './reactor.ts';

let folder: string;
let store: AutomationStore;
const bus = createEventBus(createManualClock());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reactor-'));
  store = openAutomationStore(join(folder, 'automation.db'));
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

function open(
  perform: (reaction: Reaction) => Promise<void>,
  type: Reaction['type'] = 'local',
  limit = 20_000,
): Reactor {
  return createReactor({
    ...{ store, events: bus, perform, limit, runnersAtOnce: 3, logger: silentLogger },
    configured: [new Map([['load/*', ['x.sls']]])],
    renderer: {
      render: async ({ tag, data }) => ({
        problems: [],
        reactions: [{ id: tag, span: { file: 'x.sls', line: 1 }, type, fun: 'test.ping', params: data }],
      }),
      close: async () => {},
    },
  });
}

it('drains storms in their order without loss, and neither keeps what was handled nor grows', async () => {
  const sizes: number[] = [];
  for (let storm = 0; storm < 2; storm += 1) {
    const seen: unknown[] = [];
    let ended = (): void => {};
    const all = new Promise<void>((resolve) => (ended = resolve));
    const reactor = open(async ({ params }) => {
      if (seen.push(params.get('number')) === 10_000) ended();
    });
    reactor.start();
    for (let number = 0; number < 10_000; number += 1) bus.emit('load/one', { number });
    bus.emit('other', {});
    await all;
    await expect.poll(() => reactor.waiting()).toBe(0);
    await reactor.stop();
    expect(seen).toEqual(Array.from({ length: 10_000 }, (_, number) => number));
    expect(store.countEvents()).toBe(0);
    await store.close();
    sizes.push(statSync(join(folder, 'automation.db')).size);
    store = openAutomationStore(join(folder, 'automation.db'));
  }
  // What the first storm took up serves the second.
  expect(sizes[1]).toBeLessThanOrEqual((sizes[0] ?? 0) * 1.05);
});

it('handles again what was not handled to its end', async () => {
  let begun = (): void => {};
  const isBegun = new Promise<void>((resolve) => (begun = resolve));
  const first = open(async () => {
    begun();
    await new Promise(() => {});
  }, 'runner');
  first.start();
  bus.emit('load/kept', { number: 7 });
  await isBegun;
  await first.stop();
  expect(store.countEvents()).toBe(1);
  const seen: unknown[] = [];
  const second = open(async ({ params }) => void seen.push(params.get('number')));
  second.start();
  await expect.poll(() => store.countEvents()).toBe(0);
  await second.stop();
  expect(seen).toEqual([7]);
});

it.each(['runner', 'wheel', 'caller'] as const)(
  'refuses %s reactions to events of minions, and tells where',
  async (type) => {
    const told: unknown[] = [];
    const unlisten = bus.listen(({ tag, payload }) => {
      if (tag === 'salt/reactor/error') told.push([payload.get('code'), payload.get('file'), payload.get('line')]);
    });
    const reactor = open(async () => expect.unreachable(), type);
    reactor.start();
    bus.emit('load/forged', {}, 'minion');
    await expect.poll(() => store.countEvents() + reactor.waiting()).toBe(0);
    await reactor.stop();
    unlisten();
    expect(told).toEqual([['reaction-refused', 'x.sls', 1]]);
  },
);
