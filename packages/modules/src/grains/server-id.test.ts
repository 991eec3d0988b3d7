import { expect, it } from 'vitest';
import { serverId } from './server-id.ts';

// Recorded with PYTHONHASHSEED=0 on Python 3.10.
it('gives each id the number Python 3.10 gives it', () => {
  const ids = ['', 'web1', 'minion.example.com', 'x', 'abcdefgh', 'ünï'];
  expect(ids.map(serverId)).toEqual([0, 221_723_012, 1_408_750_996, 1_515_710_213, 1_289_888_147, 934_211_366]);
});
