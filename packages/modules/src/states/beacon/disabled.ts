import { z } from 'zod';
import { defineState, isOk } from '../../kit/index.ts';
import { isOn, listBeacons, nameArgument, willCall } from '../../providers/beacons/beacon-state.ts';

/** `beacon.disabled` */
export const disabled = defineState({
  name: 'beacon.disabled',
  summary: 'Keeps a beacon switched off.',
  args: z.object(nameArgument),
  examples: [
    `ps:
  beacon.disabled: []`,
  ],
  acceptsUnknown: true,
  async check({ name }, context) {
    const current = (await listBeacons(context)).get(name);
    if (current === undefined) return isOk(`Job ${name} is not configured.`);
    if (!isOn(current)) return isOk(`Beacon ${name} is already disabled`);
    return willCall(context, {
      ...{ name, save: false, fun: 'beacons.disable_beacon', positional: [name] },
      ...{ done: `Disabled beacon ${name}.`, changes: { [name]: 'disabled' } },
    });
  },
});
