import { silentLogger } from '@brine/common';
import { createManualClock } from '@brine/testkit';
import { expect, it } from 'vitest';
import { createTreeUpdates, type TreeUpdates } from './tree-updates.ts';

interface Watched {
  readonly updates: TreeUpdates;
  readonly told: unknown[];
  readonly times: Map<string, number>;
  readonly clock: ReturnType<typeof createManualClock>;
  /** As after a restart: what is on disk stays. */
  again(): Watched;
}

function watched({ announces = true } = {}, facts = new Map<string, Uint8Array>()): Watched {
  const told: unknown[] = [];
  const times = new Map([['/srv/salt/top.sls', 1.5]]);
  const clock = createManualClock();
  const updates = createTreeUpdates({
    ...{ clock, announces: () => announces, intervalMilliseconds: () => 60_000 },
    readTimes: async () => new Map(times),
    store: {
      fact: (kind, name) => facts.get(`${kind}/${name}`),
      setFact: async (kind, name, value) => void facts.set(`${kind}/${name}`, value),
    },
    events: { emit: (tag, payload) => void told.push([tag, payload]) },
    logger: silentLogger,
  });
  return { updates, told, times, clock, again: () => watched({ announces }, facts) };
}

const event = (changed: boolean, files: { changed?: string[]; removed?: string[]; added?: string[] }): unknown => [
  'salt/fileserver/roots/update',
  { changed, backend: 'roots', files: { changed: [], removed: [], added: [], ...files } },
];

it('tells which files came, changed and went, also over a restart', async () => {
  const first = watched();
  await first.updates.update();
  await first.updates.update();
  const second = first.again();
  second.times.set('/srv/salt/top.sls', 2.5).set('/srv/salt/new.sls', 1);
  await second.updates.update();
  second.times.delete('/srv/salt/new.sls');
  await Promise.all([second.updates.update(), second.updates.update()]);
  expect([...first.told, ...second.told]).toEqual([
    event(true, { added: ['/srv/salt/top.sls'] }),
    event(false, {}),
    event(true, { changed: ['/srv/salt/top.sls'], added: ['/srv/salt/new.sls'] }),
    event(true, { removed: ['/srv/salt/new.sls'] }),
    event(false, {}),
  ]);
});

it('looks at its interval until it is stopped, and not at all when nobody is to be told', async () => {
  const { updates, told, clock } = watched();
  updates.start();
  for (let looks = 0; looks < 3; looks += 1) {
    await new Promise(setImmediate);
    expect(told).toHaveLength(looks + 1);
    clock.advance(60_000);
  }
  await new Promise(setImmediate);
  updates.stop();
  clock.advance(600_000);
  await new Promise(setImmediate);
  expect(told).toHaveLength(4);
  const silent = watched({ announces: false });
  silent.updates.start();
  silent.clock.advance(600_000);
  await silent.updates.update();
  expect(silent.told).toEqual([]);
});

it('goes on with one look at its interval when it is started anew during a look', async () => {
  const { updates, told, clock } = watched();
  updates.start();
  updates.start();
  await new Promise(setImmediate);
  expect(told).toHaveLength(2);
  clock.advance(60_000);
  await new Promise(setImmediate);
  expect(told).toHaveLength(3);
});
