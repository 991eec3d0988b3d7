import { z } from 'zod';
import { defineState, fails, isOk, lineText, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { optionWords, reportLvm, runLvm } from '../../providers/lvm/lvm.ts';

/** `lvm.pv_present` */
export const pvPresent = defineState({
  name: 'lvm.pv_present',
  summary: 'Keeps a block device a physical volume of LVM. Further arguments are options of pvcreate.',
  args: z.object({ name: lineText().describe('Path of the device.') }),
  examples: [
    `/dev/sdb1:
  lvm.pv_present: []`,
  ],
  acceptsUnknown: true,
  async check({ name }, { host, unknownArguments }) {
    const path = (await host.files.realPath(name)) ?? name;
    const volumes = await reportLvm(host, 'pv', ['pv_name']);
    if (volumes.some((row) => row['pv_name'] === path || row['pv_name'] === name))
      return isOk(`Physical Volume ${name} already present`);
    if (!name.startsWith('/')) return fails(`${name} is not the path of a device`);
    const changes = { created: name };
    return willChange({ comment: `Physical Volume ${name} is set to be created`, changes }, (machine) =>
      attempt(`Failed to create Physical Volume ${name}`, async () => {
        await runLvm(machine, ['pvcreate', '--yes', ...optionWords(unknownArguments), name]);
        return { comment: `Created Physical Volume ${name}`, changes };
      }),
    );
  },
});
