import { toValue, type Dict } from '@brine/common';
import { z } from 'zod';
import { defineState } from '../../kit/index.ts';
import { beaconOfStateArguments, checkBeaconOfState } from '../../providers/beacons/beacon-of-state.ts';

/** `service.mod_beacon` */
export const modBeacon = defineState({
  name: 'service.mod_beacon',
  summary: 'Keeps the beacon of a service whose state has `beacon: True`; the run calls it at its end.',
  args: z.object(beaconOfStateArguments),
  acceptsUnknown: true,
  examples: [
    `nginx:
  service.mod_beacon:
    - sfun: running
    - beacon: true`,
  ],
  async check({ name, sfun = '', beacon, beacon_data: data }, context) {
    const given: Dict = data ?? new Map();
    const watch = {
      onchangeonly: given.get('onchangeonly') ?? true,
      delay: given.get('delay') ?? 0,
      emitatstartup: given.get('emitatstartup') ?? false,
      ...(given.has('uncleanshutdown') ? { uncleanshutdown: given.get('uncleanshutdown') ?? null } : {}),
    };
    const settings = toValue({ services: { [name]: watch }, interval: given.get('interval') ?? 60 }) as Dict;
    const isFit = ['running', 'dead'].includes(sfun);
    return checkBeaconOfState({ name, fun: `service.${sfun}`, isFit, beacon, kind: 'service', settings }, context);
  },
});
