import type { Changes, CheckOutcome } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  integer,
  isOk,
  lineText,
  oneOf,
  operand,
  optional,
  willChange,
  withDefault,
  type Host,
  type ReadHost,
} from '../../kit/index.ts';
import { willMissBridge } from '../../providers/openvswitch/no-bridge.ts';
import { addPort, askSwitchLines, isBridge } from '../../providers/openvswitch/ovs-vsctl.ts';
import { faultOf, hasPort, isSetUp, setUp, type Tunnel } from '../../providers/openvswitch/tunnels.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `openvswitch_port.present` */
export const present = defineState({
  name: 'openvswitch_port.present',
  summary: 'Keeps a port on a bridge of Open vSwitch: a plain one, one of a VLAN, or the end of a tunnel.',
  args: z.object({
    name: operand().describe('Name of the port.'),
    bridge: operand().describe('The bridge.'),
    tunnel_type: optional(oneOf('vlan', 'vxlan', 'gre')).describe('A VLAN, or the kind of tunnel.'),
    id: optional(integer()).describe('Number of the VLAN, or key of the tunnel.'),
    remote: optional(lineText()).describe('Address of the other end of the tunnel.'),
    dst_port: optional(integer()).describe('Port of the other end of a tunnel of VXLAN.'),
    internal: withDefault(flag(), false).describe('Whether the port is an interface of this machine.'),
  }),
  examples: [
    `eth1:
  openvswitch_port.present:
    - bridge: br0`,
    `gre1:
  openvswitch_port.present:
    - bridge: br0
    - tunnel_type: gre
    - id: 5001
    - remote: 192.0.2.10`,
  ],
  check: ({ name, bridge, tunnel_type: type, id, remote, dst_port: port, internal }, { host }) =>
    orFailure(async () => {
      if (!(await isBridge(host, bridge))) return willMissBridge(bridge);
      const isThere = (await askSwitchLines(host, ['list-ports', bridge]))?.includes(name) === true;
      if (type !== undefined) return checkTunnel(host, { type, bridge, name, id, remote, port, internal }, isThere);
      return checkPlain(host, { bridge, name, internal }, isThere);
    }),
});

interface PlainPort {
  readonly bridge: string;
  readonly name: string;
  readonly internal: boolean;
}

async function checkPlain(host: ReadHost, port: PlainPort, isThere: boolean): Promise<CheckOutcome<Host>> {
  const { bridge, name, internal } = port;
  if (!isThere)
    return willSet(
      (machine) => addPort(machine, port, { mayExist: false, internal }),
      {
        comment: `Port ${name} created on bridge ${bridge}.`,
        changes: {
          [name]: { old: `No port named ${name} present.`, new: `Created port ${name} on bridge ${bridge}.` },
        },
      },
      `Unable to create port ${name} on bridge ${bridge}.`,
    );
  const exists = `Port ${name} already exists`;
  if (!internal || (await askSwitchLines(host, ['get', 'interface', name, 'type']))?.[0] === 'internal')
    return isOk(`${exists}.`);
  return willSet(
    (machine) => addPort(machine, port, { mayExist: true, internal }),
    {
      comment: `${exists}, but interface type has been changed to internal.`,
      changes: { internal: { old: false, new: true } },
    },
    `${exists}, but the interface type could not be changed to internal.`,
  );
}

async function checkTunnel(host: ReadHost, tunnel: Tunnel, isThere: boolean): Promise<CheckOutcome<Host>> {
  const fault = await faultOf(host, tunnel);
  const words = tunnel.type === 'vlan' ? vlanWords(tunnel) : tunnelWords(tunnel);
  if (fault !== undefined) return fails(words[fault]);
  if (isThere && (await isSetUp(host, tunnel))) return isOk(words.exists);
  return willSet(
    (machine) => setUp(machine, tunnel, isThere),
    { comment: words.created, changes: { [tunnel.name]: { old: words.before, new: words.after } } },
    words.failed,
  );
}

function willSet(
  act: (machine: Host) => Promise<boolean>,
  foretold: { readonly comment: string; readonly changes: Changes },
  failed: string,
): CheckOutcome<Host> {
  return willChange(foretold, async (machine) =>
    (await act(machine)) ? foretold : { comment: failed, changes: {}, failed: true },
  );
}

function vlanWords({ name, id, bridge }: Tunnel) {
  const what = `port ${name} with access to VLAN ${id}`;
  return {
    id: 'VLANs id must be between 0 and 4095.',
    interface: `Could not find network interface ${name}.`,
    remote: '',
    exists: `Port ${name} with access to VLAN ${id} already exists on bridge ${bridge}.`,
    created: `Created ${what} on bridge ${bridge}.`,
    failed: `Unable to create ${what} on bridge ${bridge}.`,
    before: `No port named ${name} with access to VLAN ${id} present on bridge ${bridge} present.`,
    after: `Created ${what} on bridge ${bridge}.`,
  };
}

// Salt's sentences as they are, one with a slip and one with two blanks.
function tunnelWords(tunnel: Tunnel) {
  const { name, id, bridge, remote, port } = tunnel;
  const type = tunnel.type.toUpperCase();
  const where = `${bridge}${hasPort(tunnel) ? ` (dst_port${port})` : ''}`;
  const what = `${type} tunnel interface ${name}`;
  const bits = tunnel.type === 'gre' ? 32 : 64;
  return {
    id: `Id of ${type} tunnel must be an unsigned ${bits}-bit integer.`,
    interface: '',
    remote: 'Remote is not valid ip address.',
    exists: `${what} with rempte ip ${remote} and key ${id} already exists on bridge ${where}.`,
    created: `Created ${what} with remote ip ${remote}  and key ${id} on bridge ${where}.`,
    failed: `Unable to create ${what} with remote ip ${remote} and key ${id} on bridge ${where}.`,
    before: `No ${what} with remote ip ${remote} and key ${id} on bridge ${where} present.`,
    after: `Created ${what} with remote ip ${remote} and key ${id} on bridge ${where}.`,
  };
}
