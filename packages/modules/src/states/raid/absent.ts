import { z } from 'zod';
import { defineState, isOk, willChange } from '../../kit/index.ts';
import { destroyArray } from '../../providers/raid/destroy-array.ts';
import { devicePath, listArrays } from '../../providers/raid/mdadm.ts';

/** `raid.absent` */
export const absent = defineState({
  name: 'raid.absent',
  summary: 'Destroys an array of mdadm: stops it and wipes the superblocks of its devices.',
  args: z.object({ name: devicePath().describe('Device of the array.') }),
  examples: [
    `/dev/md0:
  raid.absent: []`,
  ],
  async check({ name }, { host, grains }) {
    if (!(await listArrays(host)).has(name)) return isOk(`Raid ${name} already absent`);
    return willChange({ comment: `Raid ${name} is set to be destroyed`, changes: {} }, async (machine) => {
      if (await destroyArray(machine, grains, name)) return { comment: `Raid ${name} has been destroyed`, changes: {} };
      return { comment: `Raid ${name} failed to be destroyed`, changes: {}, failed: true };
    });
  },
});
