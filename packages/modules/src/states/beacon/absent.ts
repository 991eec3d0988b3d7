import { z } from 'zod';
import { defineState } from '../../kit/index.ts';
import { isRight, listBeacons, nameArgument, saveArgument, willCall } from '../../providers/beacons/beacon-state.ts';

/** `beacon.absent` */
export const absent = defineState({
  name: 'beacon.absent',
  summary: 'Keeps a beacon away; one of the pillar cannot be taken away.',
  args: z.object({ ...nameArgument, ...saveArgument }),
  examples: [
    `ps:
  beacon.absent:
    - save: True`,
  ],
  acceptsUnknown: true,
  async check({ name, save }, context) {
    if (!(await listBeacons(context)).has(name)) {
      return isRight(context, { name, save, comment: `${name} not configured in beacons` });
    }
    return willCall(context, {
      ...{ name, save, fun: 'beacons.delete', positional: [name] },
      ...{ done: `Removed ${name} from beacons`, changes: { [name]: 'removed' } },
    });
  },
});
