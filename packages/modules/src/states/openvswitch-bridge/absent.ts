import { z } from 'zod';
import { defineState, isOk, operand, willChange } from '../../kit/index.ts';
import { changeSwitch, isBridge } from '../../providers/openvswitch/ovs-vsctl.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `openvswitch_bridge.absent` */
export const absent = defineState({
  name: 'openvswitch_bridge.absent',
  summary: 'Keeps a bridge of Open vSwitch out, with its ports.',
  args: z.object({ name: operand().describe('Name of the bridge.') }),
  examples: [
    `br0:
  openvswitch_bridge.absent: []`,
  ],
  check: ({ name }, { host }) =>
    orFailure(async () => {
      if (!(await isBridge(host, name))) return isOk(`Bridge ${name} does not exist.`);
      const changes = { [name]: { old: `Bridge ${name} exists.`, new: `Bridge ${name} deleted.` } };
      const comment = `Bridge ${name} deleted.`;
      return willChange({ comment, changes }, async (machine) => {
        if (await changeSwitch(machine, ['--if-exists', 'del-br', name])) return { comment, changes };
        return { comment: `Unable to delete bridge: ${name}.`, changes: {}, failed: true };
      });
    }),
});
