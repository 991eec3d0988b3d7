import { z } from 'zod';
import { defineState } from '../../kit/index.ts';
import { nameArgument, saveArgument } from '../../providers/beacons/beacon-state.ts';
import { checkBeaconPresent } from '../../providers/beacons/check-present.ts';

/** `beacon.present` */
export const present = defineState({
  name: 'beacon.present',
  summary: 'Keeps a beacon configured: all other arguments are its settings.',
  args: z.object({ ...nameArgument, ...saveArgument }),
  acceptsUnknown: true,
  examples: [
    `ps:
  beacon.present:
    - save: True
    - processes:
        salt-master: running
        apache2: stopped`,
    `inotify_ntp:
  beacon.present:
    - beacon_module: inotify
    - interval: 10
    - files:
        /etc/ntp.conf:
          mask: [modify]`,
  ],
  check: ({ name, save }, context) => checkBeaconPresent({ name, save, settings: context.unknownArguments }, context),
});
