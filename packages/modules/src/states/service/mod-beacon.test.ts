import { describeState } from '@brine/testkit';
import { modBeacon as fileBeacon } from '../file/mod-beacon.ts';
import { modBeacon as pkgBeacon } from '../pkg/mod-beacon.ts';
import { modBeacon } from './mod-beacon.ts';

for (const [state, fit, other] of [
  [modBeacon, 'running', 'enabled'],
  [fileBeacon, 'managed', 'symlink'],
  [pkgBeacon, 'installed', 'latest'],
] as const)
  describeState(state, [
    {
      title: 'has nothing to do unless a beacon is asked for',
      arguments: { name: 'x', sfun: fit, beacon: false },
      ok: 'Not adding beacon.',
    },
    {
      title: 'refuses functions that there is no beacon for',
      arguments: { name: 'x', sfun: other, beacon: true },
      fails: `${state.name.replace(/\..*/, '')}.${other} does not work with the beacon state function`,
    },
  ]);
