import { describe, expect, it } from 'vitest';
import { checkHistory, type JobHistory } from './check-history.ts';

const good: JobHistory = {
  accepted: [{ jid: '1', minions: ['a', 'b'] }],
  executions: [{ jid: '1', minion: 'a' }],
  deliveries: [
    { jid: '1', minion: 'a', status: 'ok', value: '1 a' },
    { jid: '1', minion: 'b', status: 'expired' },
  ],
  valueOf: (jid, minion) => `${jid} ${minion}`,
};
const ran = { jid: '1', minion: 'b' };

describe('checkHistory', () => {
  it('finds nothing in a history that is right', () => {
    expect(checkHistory(good)).toEqual([]);
  });

  it.each<[string, Partial<JobHistory>, string[]]>([
    ['a lost job', { accepted: [...good.accepted, { jid: '2', minions: ['a'] }] }, ['I1 2 a: accepted and lost']],
    [
      'a run nobody knows of',
      { executions: [...good.executions, { jid: '3', minion: 'a' }] },
      ['I1 3 a: ran and is not known'],
    ],
    ['a second run', { executions: [...good.executions, ...good.executions] }, ['I2 1 a: ran 2 times']],
    [
      'a job that is said not to have begun',
      { executions: [...good.executions, ran] },
      ['I10 1 b: is expired and ran'],
    ],
    ['a return without a run', { executions: [] }, ['I4 1 a: returned without a run']],
    ['a return of something else', { valueOf: () => 'else' }, ['I4 1 a: returned 1 a']],
    [
      'a delivery without an end',
      { deliveries: [...good.deliveries, { jid: '4', minion: 'a', status: 'delivered' }] },
      ['I3 4 a: ended as delivered'],
    ],
  ])('finds %s', (_what, change, expected) => {
    expect(checkHistory({ ...good, ...change })).toEqual(expected);
  });
});
