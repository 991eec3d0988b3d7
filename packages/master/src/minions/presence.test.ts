import type { MinionId } from '@brine/common';
import { createManualClock } from '@brine/testkit';
import { expect, it } from 'vitest';
import { createPresence, type PresenceOptions } from './presence.ts';

const [web1, web2] = ['web1', 'web2'] as unknown as [MinionId, MinionId];

function watched(options: Partial<PresenceOptions> = {}) {
  const clock = createManualClock();
  const connected = new Set<MinionId>();
  const told: unknown[] = [];
  const presence = createPresence({
    ...{ connected, clock, announces: true, intervalMilliseconds: 60_000 },
    probe: async () => [...connected],
    events: {
      emit: (tag, payload) => void told.push([tag, payload]),
      fire: () => expect.unreachable(),
      subscribe: () => expect.unreachable(),
    },
    ...options,
  });
  return { clock, connected, told, presence };
}

it('tells together who came and who went, and by and by who is there', () => {
  const { clock, connected, told, presence } = watched();
  for (const id of [web2, web1]) {
    connected.add(id);
    presence.changed();
  }
  clock.advance(250);
  connected.delete(web2);
  presence.changed();
  clock.advance(250);
  clock.advance(59_500);
  expect(told).toEqual([
    ['salt/presence/change', { new: ['web1', 'web2'], lost: [] }],
    ['salt/presence/change', { new: [], lost: ['web2'] }],
    ['salt/presence/present', { present: ['web1'] }],
  ]);
  presence.stop();
  clock.advance(120_000);
  expect(told).toHaveLength(3);
});

it('says nothing of a connection that was back before anybody was told', () => {
  const { clock, connected, told, presence } = watched();
  connected.add(web1);
  presence.changed();
  clock.advance(250);
  connected.delete(web1);
  presence.changed();
  connected.add(web1);
  presence.changed();
  clock.advance(250);
  expect(told).toEqual([['salt/presence/change', { new: ['web1'], lost: [] }]]);
});

it('announces nothing unless asked to, and still knows who answers', async () => {
  const { clock, connected, told, presence } = watched({ announces: false });
  connected.add(web1);
  presence.changed();
  clock.advance(600_000);
  expect(told).toEqual([]);
  expect(await presence.alive({ timeoutMilliseconds: 1000 })).toEqual(['web1']);
});
