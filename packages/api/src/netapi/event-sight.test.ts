import { AppError, toValue, type Dict } from '@brine/common';
import { expect, it } from 'vitest';
import type { Caller } from '../caller.ts';
import { createEventSight } from './event-sight.ts';

const own = '20261121070000000001';
const other = '20261121070000000002';
const events = [
  { tag: `salt/job/${own}/new`, payload: { user: 'bob', arg: ['x'] } },
  { tag: `salt/job/${other}/new`, payload: { user: 'ada', arg: ['CANARY'] } },
  { tag: `salt/job/${own}/prog/web1/1`, payload: { id: 'web1' } },
  { tag: `salt/job/${other}/prog/web1/1`, payload: { id: 'web1' } },
  { tag: `salt/job/${own}/ret/web1`, payload: { user: 'bob', return: 1 } },
  { tag: `salt/job/${other}/ret/web1`, payload: { user: 'ada', return: 'CANARY' } },
  { tag: 'salt/auth', payload: { id: 'web1' } },
  { tag: 'salt/netapi/hook/x', payload: { user: 'bob', body: 'CANARY' } },
  { tag: `salt/run/${other}/ret`, payload: { user: 'ada', return: 'CANARY' } },
].map(({ tag, payload }) => ({ tag, payload: toValue(payload) as Dict }));

function seenBy(caller: Caller, mayWatch: boolean): readonly string[] {
  const sees = createEventSight(caller, {
    judgeSpecial: (kind, { fun }) => {
      expect([kind, fun]).toEqual(['runner', 'state.event']);
      if (!mayWatch) throw new AppError({ code: 'access-refused', message: 'no' });
    },
  });
  return events.filter((event) => sees(event)).map(({ tag }) => tag);
}

const bob: Caller = { via: 'external', user: 'bob', eauth: 'file', permissions: [] };

it('shows everything to the owner and to who may watch the bus', () => {
  const all = events.map(({ tag }) => tag);
  expect(seenBy({ via: 'socket', user: 'root' }, false)).toEqual(all);
  expect(seenBy(bob, true)).toEqual(all);
});

it('shows others what becomes of their own jobs alone', () => {
  expect(seenBy(bob, false)).toEqual([
    `salt/job/${own}/new`,
    `salt/job/${own}/prog/web1/1`,
    `salt/job/${own}/ret/web1`,
  ]);
});
