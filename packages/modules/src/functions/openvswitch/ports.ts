import { z } from 'zod';
import { flag, integer, lineText, operand, optional, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { addPort, askSwitch, askSwitchLines, deletePort } from '../../providers/openvswitch/ovs-vsctl.ts';
import { faultOf, setUp, type Tunnel } from '../../providers/openvswitch/tunnels.ts';

const br = operand().describe('Name of the bridge.');
const port = operand().describe('Name of the port.');
const internal = withDefault(flag(), false).describe('Whether the port is an interface of this machine.');
const remote = lineText().describe('Address of the other end.');

export const portAdd = defineFunction({
  name: 'openvswitch.port_add',
  summary: 'Adds a port to a bridge; answers whether that was done.',
  args: z.object({
    br,
    port,
    may_exist: withDefault(flag(), false).describe('Whether a port that there is already counts as done.'),
    internal,
  }),
  examples: ["'*' openvswitch.port_add br0 eth1"],
  run: async (args, { host }) =>
    addPort(host, { bridge: args.br, name: args.port }, { mayExist: args.may_exist, internal: args.internal }),
});

export const portRemove = defineFunction({
  name: 'openvswitch.port_remove',
  summary: 'Removes a port; answers whether that was done.',
  args: z.object({
    br: optional(operand()).describe('Name of the bridge; whichever has the port when it is None.'),
    port,
    if_exists: withDefault(flag(), true).describe('Whether a port that is not there is no fault.'),
  }),
  examples: ["'*' openvswitch.port_remove br0 eth1"],
  run: async (args, { host }) => deletePort(host, { bridge: args.br, name: args.port }, args.if_exists),
});

export const portList = defineFunction({
  name: 'openvswitch.port_list',
  summary: 'The ports of a bridge; false when there is no such bridge.',
  args: z.object({ br }),
  examples: ["'*' openvswitch.port_list br0"],
  run: async (args, { host }) => (await askSwitchLines(host, ['list-ports', args.br])) ?? false,
});

const look = (name: string, summary: string, words: (name: string) => readonly string[]) =>
  defineFunction({
    name: `openvswitch.${name}`,
    summary,
    args: z.object({ port }),
    examples: [`'*' openvswitch.${name} tap0`],
    run: async (args, { host }) => (await askSwitchLines(host, words(args.port))) ?? false,
  });

export const portGetTag = look('port_get_tag', 'The VLAN of a port, in a list; false without such a port.', (name) => [
  ...['get', 'port', name, 'tag'],
]);
export const interfaceGetOptions = look(
  'interface_get_options',
  'The options of the interface of a port, as one text in a list; false without such a port.',
  (name) => ['get', 'interface', name, 'options'],
);
export const interfaceGetType = look(
  'interface_get_type',
  'The type of the interface of a port, in a list; false without such a port.',
  (name) => ['get', 'interface', name, 'type'],
);

export const portCreateVlan = defineFunction({
  name: 'openvswitch.port_create_vlan',
  summary: 'Gives a bridge a port in a VLAN; answers whether that was done.',
  args: z.object({ br, port, id: integer().describe('Number of the VLAN.'), internal }),
  examples: ["'*' openvswitch.port_create_vlan br0 tap0 100"],
  run: async (args, context) =>
    make(context, { type: 'vlan', bridge: args.br, name: args.port, id: args.id, internal: args.internal }),
});

export const portCreateGre = defineFunction({
  name: 'openvswitch.port_create_gre',
  summary: 'Gives a bridge the end of a GRE tunnel; answers whether that was done.',
  args: z.object({ br, port, id: integer().describe('Key of the tunnel.'), remote }),
  examples: ["'*' openvswitch.port_create_gre br0 gre1 5001 192.168.1.10"],
  run: async (args, context) =>
    make(context, { type: 'gre', bridge: args.br, name: args.port, id: args.id, remote: args.remote }),
});

export const portCreateVxlan = defineFunction({
  name: 'openvswitch.port_create_vxlan',
  summary: 'Gives a bridge the end of a VXLAN tunnel; answers whether that was done.',
  args: z.object({
    br,
    port,
    id: integer().describe('Key of the tunnel.'),
    remote,
    dst_port: optional(integer()).describe('Port of the other end.'),
  }),
  examples: ["'*' openvswitch.port_create_vxlan br0 vx1 5001 192.168.1.10 8472"],
  run: async ({ br: bridge, port: name, id, remote: other, dst_port: otherPort }, context) =>
    make(context, { type: 'vxlan', bridge, name, id, remote: other, port: otherPort }),
});

async function make({ host }: FunctionContext, tunnel: Tunnel): Promise<boolean> {
  if ((await faultOf(host, tunnel)) !== undefined) return false;
  if ((await askSwitch(host, ['br-exists', tunnel.bridge])).exitCode !== 0) return false;
  const ports = await askSwitchLines(host, ['list-ports', tunnel.bridge]);
  return setUp(host, tunnel, ports?.includes(tunnel.name) === true);
}
