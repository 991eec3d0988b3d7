import { z } from 'zod';
import { defineState, isOk, lineText, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { reportLvm, runLvm } from '../../providers/lvm/lvm.ts';

/** `lvm.lv_absent` */
export const lvAbsent = defineState({
  name: 'lvm.lv_absent',
  summary: 'Removes a logical volume of LVM, with what is on it.',
  args: z.object({
    name: lineText().describe('Name of the volume.'),
    vgname: lineText().describe('The group it is in.'),
  }),
  examples: [
    `logs:
  lvm.lv_absent:
    - vgname: data`,
  ],
  async check({ name, vgname }, { host }) {
    const rows = await reportLvm(host, 'lv', ['lv_name', 'vg_name']);
    if (!rows.some((row) => row['lv_name'] === name && row['vg_name'] === vgname))
      return isOk(`Logical Volume ${name} already absent`);
    const changes = { removed: name };
    return willChange({ comment: `Logical Volume ${name} is set to be removed`, changes }, (machine) =>
      attempt(`Failed to remove Logical Volume ${name}`, async () => {
        await runLvm(machine, ['lvremove', '--force', `${vgname}/${name}`]);
        return { comment: `Removed Logical Volume ${name}`, changes };
      }),
    );
  },
});
