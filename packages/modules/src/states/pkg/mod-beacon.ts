import { isDict, type Value } from '@brine/common';
import { z } from 'zod';
import { defineState, optional, valueList } from '../../kit/index.ts';
import { beaconOfStateArguments, checkBeaconOfState } from '../../providers/beacons/beacon-of-state.ts';

/** `pkg.mod_beacon` */
export const modBeacon = defineState({
  name: 'pkg.mod_beacon',
  summary: 'Keeps the beacon of packages whose state has `beacon: True`; the run calls it at its end.',
  args: z.object({ ...beaconOfStateArguments, pkgs: optional(valueList()).describe('The packages.') }),
  acceptsUnknown: true,
  examples: [
    `curl:
  pkg.mod_beacon:
    - sfun: installed
    - beacon: true`,
  ],
  async check({ name, sfun = '', beacon, beacon_data: data, pkgs = [name] }, context) {
    const names = pkgs.map((one): Value => (isDict(one) ? ([...one.keys()][0] ?? '') : one));
    const settings = new Map<Value, Value>([
      ['pkgs', names],
      ['interval', data?.get('interval') ?? 60],
    ]);
    const isFit = ['installed', 'removed'].includes(sfun);
    return checkBeaconOfState({ name, fun: `pkg.${sfun}`, isFit, beacon, kind: 'pkg', settings }, context);
  },
});
