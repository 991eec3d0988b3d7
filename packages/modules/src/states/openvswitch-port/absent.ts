import { z } from 'zod';
import { defineState, isOk, operand, optional, willChange } from '../../kit/index.ts';
import { willMissBridge } from '../../providers/openvswitch/no-bridge.ts';
import { askSwitchLines, deletePort, isBridge } from '../../providers/openvswitch/ovs-vsctl.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `openvswitch_port.absent` */
export const absent = defineState({
  name: 'openvswitch_port.absent',
  summary: 'Keeps a port out of a bridge of Open vSwitch, or of all.',
  args: z.object({
    name: operand().describe('Name of the port.'),
    bridge: optional(operand()).describe('The bridge; whichever has the port unless given.'),
  }),
  examples: [
    `eth1:
  openvswitch_port.absent:
    - bridge: br0`,
  ],
  check: ({ name, bridge }, { host }) =>
    orFailure(async () => {
      if (bridge !== undefined && !(await isBridge(host, bridge))) return willMissBridge(bridge);
      const isThere =
        bridge === undefined
          ? (await askSwitchLines(host, ['port-to-br', name])) !== undefined
          : (await askSwitchLines(host, ['list-ports', bridge]))?.includes(name) === true;
      if (!isThere)
        return isOk(`Port ${name} does not exist on ${bridge === undefined ? 'any bridge' : `bridge ${bridge}`}.`);
      const changes = { [name]: { old: `Port named ${name} may exist.`, new: `Deleted port ${name}.` } };
      const comment = `Port ${name} deleted.`;
      return willChange({ comment, changes }, async (machine) => {
        if (await deletePort(machine, { bridge, name })) return { comment, changes };
        return { comment: `Unable to delete port ${name}.`, changes: {}, failed: true };
      });
    }),
});
