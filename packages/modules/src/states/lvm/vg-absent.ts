import { z } from 'zod';
import { defineState, isOk, lineText, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { reportLvm, runLvm } from '../../providers/lvm/lvm.ts';

/** `lvm.vg_absent` */
export const vgAbsent = defineState({
  name: 'lvm.vg_absent',
  summary: 'Removes a volume group of LVM that has no volumes.',
  args: z.object({ name: lineText().describe('Name of the group.') }),
  examples: [
    `data:
  lvm.vg_absent: []`,
  ],
  async check({ name }, { host }) {
    const groups = await reportLvm(host, 'vg', ['vg_name']);
    if (!groups.some((row) => row['vg_name'] === name)) return isOk(`Volume Group ${name} already absent`);
    const changes = { removed: name };
    return willChange({ comment: `Volume Group ${name} is set to be removed`, changes }, (machine) =>
      attempt(`Failed to remove Volume Group ${name}`, async () => {
        await runLvm(machine, ['vgremove', name]);
        return { comment: `Removed Volume Group ${name}`, changes };
      }),
    );
  },
});
