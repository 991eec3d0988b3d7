import { toValue, type Dict } from '@brine/common';
import { z } from 'zod';
import { defineState } from '../../kit/index.ts';
import { beaconOfStateArguments, checkBeaconOfState } from '../../providers/beacons/beacon-of-state.ts';

/** `file.mod_beacon` */
export const modBeacon = defineState({
  name: 'file.mod_beacon',
  summary: 'Keeps the beacon of a file or directory whose state has `beacon: True`; the run calls it at its end.',
  args: z.object(beaconOfStateArguments),
  acceptsUnknown: true,
  examples: [
    `/etc/app.conf:
  file.mod_beacon:
    - sfun: managed
    - beacon: true`,
  ],
  async check({ name, sfun = '', beacon, beacon_data: data }, context) {
    const given: Dict = data ?? new Map();
    const watch = {
      mask: given.get('mask') ?? ['create', 'delete', 'modify'],
      ...(sfun === 'directory'
        ? {
            auto_add: given.get('auto_add') ?? true,
            recurse: given.get('recurse') ?? true,
            exclude: given.get('exclude') ?? [],
          }
        : {}),
    };
    const rest = { interval: given.get('interval') ?? 60, coalesce: given.get('coalesce') ?? false };
    const settings = toValue({ files: { [name]: watch }, ...rest }) as Dict;
    const isFit = ['managed', 'directory'].includes(sfun);
    return checkBeaconOfState({ name, fun: `file.${sfun}`, isFit, beacon, kind: 'inotify', settings }, context);
  },
});
