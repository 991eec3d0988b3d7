import { z } from 'zod';
import { defineState, isOk } from '../../kit/index.ts';
import { isOn, listBeacons, nameArgument, willCall } from '../../providers/beacons/beacon-state.ts';

/** `beacon.enabled` */
export const enabled = defineState({
  name: 'beacon.enabled',
  summary: 'Keeps a beacon switched on.',
  args: z.object(nameArgument),
  examples: [
    `ps:
  beacon.enabled: []`,
  ],
  acceptsUnknown: true,
  async check({ name }, context) {
    const current = (await listBeacons(context)).get(name);
    if (current === undefined) return isOk(`${name} not a configured beacon`);
    if (isOn(current)) return isOk(`Beacon ${name} is already enabled`);
    return willCall(context, {
      ...{ name, save: false, fun: 'beacons.enable_beacon', positional: [name] },
      ...{ done: `Enabled ${name} from beacons`, changes: { [name]: 'enabled' } },
    });
  },
});
