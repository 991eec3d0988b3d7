import { z } from 'zod';
import { defineState, fails, integer, isOk, operand, optional, willChange, type ReadHost } from '../../kit/index.ts';
import { addBridge, askSwitchLines, faultOfFake, isBridge } from '../../providers/openvswitch/ovs-vsctl.ts';
import { omitAbsent } from '../../providers/omit-absent.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `openvswitch_bridge.present` */
export const present = defineState({
  name: 'openvswitch_bridge.present',
  summary: 'Keeps a bridge of Open vSwitch.',
  args: z.object({
    name: operand().describe('Name of the bridge.'),
    parent: optional(operand()).describe('The bridge that a fake one belongs to; it needs `vlan`.'),
    vlan: optional(integer()).describe('The VLAN of a fake bridge; it needs `parent`.'),
  }),
  examples: [
    `br0:
  openvswitch_bridge.present: []`,
    `br0-100:
  openvswitch_bridge.present:
    - parent: br0
    - vlan: 100`,
  ],
  check: ({ name, parent, vlan }, { host }) =>
    orFailure(async () => {
      if (await isBridge(host, name)) {
        const current = await readFake(host, name);
        if (current.parent === parent && current.vlan === vlan) return isOk(`Bridge ${name} already exists.`);
        return fails(`Bridge ${name} already exists, but has a different parent or VLAN ID.`);
      }
      const fault = faultOfFake(parent, vlan);
      if (fault !== undefined) return fails(fault);
      const changes = { [name]: { old: `Bridge ${name} does not exist.`, new: `Bridge ${name} created` } };
      const comment = `Bridge ${name} created.`;
      return willChange({ comment, changes }, async (machine) => {
        const isDone = await addBridge(machine, name, { mayExist: true, ...omitAbsent({ parent, vlan }) });
        if (isDone) return { comment, changes };
        return { comment: `Unable to create bridge: ${name}.`, changes: {}, failed: true };
      });
    }),
});

interface Fake {
  readonly parent: string | undefined;
  readonly vlan: number | undefined;
}

/** A real bridge is its own parent, in VLAN 0. */
async function readFake(host: ReadHost, name: string): Promise<Fake> {
  const parent = (await askSwitchLines(host, ['br-to-parent', name]))?.[0]?.trim();
  const vlan = Number((await askSwitchLines(host, ['br-to-vlan', name]))?.[0]);
  return { parent: parent === name ? undefined : parent, vlan: vlan === 0 ? undefined : vlan };
}
