import { describeState } from '@brine/testkit';
import { syncAll } from './sync-all.ts';
import { syncGrains } from './sync-grains.ts';

for (const state of [syncAll, syncGrains])
  describeState(state, [
    { title: 'has nothing to do', arguments: { name: 'x', refresh: true }, ok: 'No updates to sync' },
  ]);
