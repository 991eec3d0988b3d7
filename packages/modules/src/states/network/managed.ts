import { z } from 'zod';
import { anyValue, defineState, fails, flag, lineText, optional, text, withDefault } from '../../kit/index.ts';
import { checkInterface, toGivenSettings } from '../../providers/network/check-interface.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `network.managed` */
export const managed = defineState({
  name: 'network.managed',
  summary: 'Keeps an interface configured in the files of ifupdown, and up or down.',
  args: z.object({
    name: lineText().describe('Name of the interface.'),
    enabled: withDefault(flag(), true).describe('Whether it is brought up, now and at boot.'),
    type: withDefault(lineText(), 'eth').describe('eth, bond, bridge, slave or vlan.'),
    filename: optional(text()).describe('The file: a name below /etc/network/interfaces.d, or a path.'),
    noifupdown: optional(anyValue()).describe('Given at all: the files are written and nothing else is done.'),
    proto: optional(lineText()).describe('static, dhcp, manual, loopback, bootp or ppp.'),
    ipaddr: optional(anyValue()).describe('Its address; several in a list.'),
    netmask: optional(anyValue()).describe('The mask, in dots or as its length.'),
    gateway: optional(anyValue()).describe('The gateway.'),
    dns: optional(anyValue()).describe('Name servers.'),
    search: optional(anyValue()).describe('Domains to search.'),
    mtu: optional(anyValue()).describe('Largest packet.'),
    enable_ipv4: optional(flag()).describe('false leaves IPv4 out.'),
    enable_ipv6: optional(flag()).describe('false leaves IPv6 out.'),
    ipv6proto: optional(lineText()).describe('auto, static, dhcp, manual, loopback, v4tunnel or 6to4.'),
    ipv6ipaddr: optional(anyValue()).describe('Its IPv6 address; every setting takes ipv6 or ipv4 before its name.'),
    hotplug: optional(flag()).describe('Whether it is brought up when it appears.'),
    slaves: optional(anyValue()).describe('The interfaces of a bond.'),
    ports: optional(anyValue()).describe('The interfaces of a bridge.'),
    master: optional(lineText()).describe('The bond of a slave.'),
  }),
  examples: [
    `eth0:
  network.managed:
    - proto: static
    - ipaddr: 10.0.0.2
    - netmask: 255.255.255.0
    - gateway: 10.0.0.1
    - dns:
      - 10.0.0.1`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    const { name, type, enabled, noifupdown, filename, ...known } = args;
    if (!/^[\w.:-]{1,15}$/.test(name)) return fails(`${name} cannot be the name of an interface`);
    if (context.grains.get('os_family') !== 'Debian')
      return fails('network.managed writes the files of ifupdown, which this minion does not have');
    const kind = (['eth', 'bond', 'bridge', 'slave', 'vlan'] as const).find((each) => each === type.toLowerCase());
    if (kind === undefined)
      return fails(`Invalid option -- Interface: ${name}, Option: ${type}, Expected: [eth|bond|bridge|slave|vlan]`);
    const missing = { bond: 'slaves', bridge: 'ports', slave: 'master', eth: undefined, vlan: undefined }[kind];
    const given = toGivenSettings(known, context.unknownArguments);
    if (missing !== undefined && !given.has(missing))
      return fails(`${missing} is a required setting for ${kind} interfaces`);
    const request = { name, kind, enabled, operates: noifupdown === undefined, filename, given };
    return orFailure(() => checkInterface(request, context));
  },
});
