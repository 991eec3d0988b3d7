import { z } from 'zod';
import { defineState, isOk, lineText, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { reportLvm, runLvm } from '../../providers/lvm/lvm.ts';

/** `lvm.pv_absent` */
export const pvAbsent = defineState({
  name: 'lvm.pv_absent',
  summary: 'Keeps a block device from being a physical volume of LVM; one that is used stays.',
  args: z.object({ name: lineText().describe('Path of the device.') }),
  examples: [
    `/dev/sdb1:
  lvm.pv_absent: []`,
  ],
  async check({ name }, { host }) {
    const path = (await host.files.realPath(name)) ?? name;
    const volumes = await reportLvm(host, 'pv', ['pv_name']);
    if (!volumes.some((row) => row['pv_name'] === path || row['pv_name'] === name))
      return isOk(`Physical Volume ${name} does not exist`);
    const changes = { removed: name };
    return willChange({ comment: `Physical Volume ${name} is set to be removed`, changes }, (machine) =>
      attempt(`Failed to remove Physical Volume ${name}`, async () => {
        await runLvm(machine, ['pvremove', '--yes', name]);
        return { comment: `Removed Physical Volume ${name}`, changes };
      }),
    );
  },
});
