import { z } from 'zod';
import { flag, integer, operand, optional, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { omitAbsent } from '../../providers/omit-absent.ts';
import {
  addBridge,
  askSwitch,
  askSwitchLines,
  changeSwitch,
  faultOfFake,
} from '../../providers/openvswitch/ovs-vsctl.ts';
import { failure } from '../failure.ts';

const br = operand().describe('Name of the bridge.');
const oneBridge = z.object({ br });

export const bridgeList = defineFunction({
  name: 'openvswitch.bridge_list',
  summary: 'The bridges, real and fake; false when the switch does not answer.',
  args: z.object({}),
  examples: ["'*' openvswitch.bridge_list"],
  run: async (_args, { host }) => (await askSwitchLines(host, ['list-br'])) ?? false,
});

export const bridgeExists = defineFunction({
  name: 'openvswitch.bridge_exists',
  summary: 'Whether there is a bridge.',
  args: oneBridge,
  examples: ["'*' openvswitch.bridge_exists br0"],
  run: async (args, { host }) => (await askSwitch(host, ['br-exists', args.br])).exitCode === 0,
});

export const bridgeCreate = defineFunction({
  name: 'openvswitch.bridge_create',
  summary: 'Makes a bridge; answers whether that was done.',
  args: z.object({
    br,
    may_exist: withDefault(flag(), true).describe('Whether a bridge that there is already counts as done.'),
    parent: optional(operand()).describe('The bridge that a fake one belongs to; it needs `vlan`.'),
    vlan: optional(integer()).describe('The VLAN of a fake bridge; it needs `parent`.'),
  }),
  examples: ["'*' openvswitch.bridge_create br0", "'*' openvswitch.bridge_create br0-100 parent=br0 vlan=100"],
  async run({ br: name, may_exist: mayExist, parent, vlan }, { host }) {
    const fault = faultOfFake(parent, vlan);
    if (fault !== undefined) throw failure(fault);
    return addBridge(host, name, { mayExist, ...omitAbsent({ parent, vlan }) });
  },
});

export const bridgeDelete = defineFunction({
  name: 'openvswitch.bridge_delete',
  summary: 'Deletes a bridge with its ports; answers whether that was done.',
  args: z.object({
    br,
    if_exists: withDefault(flag(), true).describe('Whether a bridge that is not there is no fault.'),
  }),
  examples: ["'*' openvswitch.bridge_delete br0"],
  run: async (args, { host }) => changeSwitch(host, [...(args.if_exists ? ['--if-exists'] : []), 'del-br', args.br]),
});

export const bridgeToParent = defineFunction({
  name: 'openvswitch.bridge_to_parent',
  summary: 'The bridge that a fake one belongs to; a real one is its own. False when there is no such bridge.',
  args: oneBridge,
  examples: ["'*' openvswitch.bridge_to_parent br0"],
  run: async (args, { host }) => (await askSwitchLines(host, ['br-to-parent', args.br]))?.[0]?.trim() ?? false,
});

export const bridgeToVlan = defineFunction({
  name: 'openvswitch.bridge_to_vlan',
  summary: 'The VLAN of a bridge, 0 for a real one. False when there is no such bridge.',
  args: oneBridge,
  examples: ["'*' openvswitch.bridge_to_vlan br0"],
  async run(args, { host }) {
    const line = (await askSwitchLines(host, ['br-to-vlan', args.br]))?.[0];
    return line === undefined ? false : Number(line);
  },
});
