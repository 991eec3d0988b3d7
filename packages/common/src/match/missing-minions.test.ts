import { expect, it } from 'vitest';
import { missingMinions } from './missing-minions.ts';

it('finds who is named by a list and no minion, each once', () => {
  const list = { type: 'list', expression: 'web1,wbe2,,db1,wbe2' } as const;
  expect(missingMinions(list, ['web1', 'db1'])).toEqual(['wbe2']);
  expect(missingMinions({ type: 'glob', expression: 'a,b' }, [])).toEqual([]);
});
