import { containsAddress, parseIpNetwork, type Plain } from '@brine/common';
import { z } from 'zod';
import { flag, oneOf, optional, text, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { InterfaceAddress } from '../../kit/machine.ts';
import { compareAddresses } from '../../grains/compare-addresses.ts';
import { createLocalMachine } from '../../grains/local-machine.ts';
import { linksOf, type Link } from './links.ts';

const interfaceName = optional(text()).describe('Only of this interface.');
const includeLoopback = withDefault(flag(), false).describe('Tell loopback addresses too.');
const cidr = optional(text()).describe('Only addresses in this network.');

export const ipAddrs = ipv4Function('network.ip_addrs');
export const ipaddrs = ipv4Function('network.ipaddrs');

function ipv4Function(name: string) {
  return defineFunction({
    name,
    summary: 'The IPv4 addresses of this machine, sorted.',
    args: z.object({
      interface: interfaceName,
      include_loopback: includeLoopback,
      cidr,
      type: optional(oneOf('public', 'private')).describe('Only public or only private addresses.'),
    }),
    examples: [`'*' ${name}`, `'*' ${name} cidr=10.0.0.0/8`, `'*' ${name} type=private`],
    run({ interface: iface, include_loopback: loopback, cidr: network, type }, context) {
      const found = addressesOf(context, { family: 4, name: iface, loopback, network });
      if (type === undefined || network !== undefined) return found;
      return found.filter((address) => isPrivateAddress(address) === (type === 'private'));
    },
  });
}

export const ipAddrs6 = ipv6Function('network.ip_addrs6');
export const ipaddrs6 = ipv6Function('network.ipaddrs6');

function ipv6Function(name: string) {
  return defineFunction({
    name,
    summary: 'The IPv6 addresses of this machine, sorted.',
    args: z.object({ interface: interfaceName, include_loopback: includeLoopback, cidr }),
    examples: [`'*' ${name}`, `'*' ${name} cidr=2000::/3`],
    run: ({ interface: iface, include_loopback: loopback, cidr: network }, context) =>
      addressesOf(context, { family: 6, name: iface, loopback, network }),
  });
}

export const interfaces = defineFunction({
  name: 'network.interfaces',
  summary: 'The network interfaces with their addresses.',
  args: z.object({}),
  examples: ["'*' network.interfaces"],
  run: async (_args, context) =>
    Object.fromEntries((await linksOf(context)).map((each) => [each.name, describe(each)])),
});

export const interfaceIp = defineFunction({
  name: 'network.interface_ip',
  summary: 'The first IPv4 address of an interface; an empty text when it has none.',
  args: z.object({ iface: text().describe('Name of the interface.') }),
  examples: ["'*' network.interface_ip eth0"],
  async run({ iface }, context) {
    const found = await findInterface(context, iface);
    if (found === undefined) return noInterface(context, iface);
    return found.addresses.find(({ family }) => family === 4)?.address ?? '';
  },
});

export const hwAddr = defineFunction({
  name: 'network.hw_addr',
  summary: 'The hardware address of an interface; a text that says so when there is no such interface.',
  args: z.object({ iface: text().describe('Name of the interface.') }),
  examples: ["'*' network.hw_addr eth0"],
  run: async ({ iface }, context) =>
    (await findInterface(context, iface))?.hardwareAddress ?? (await noInterface(context, iface)),
});

export const subnets = defineFunction({
  name: 'network.subnets',
  summary: 'The IPv4 networks this machine is in.',
  args: z.object({ interfaces: optional(textList()).describe('Only of these interfaces.') }),
  examples: ["'*' network.subnets", "'*' network.subnets interfaces=eth1"],
  run({ interfaces: wanted }, context) {
    const chosen = machineOf(context)
      .interfaces()
      .filter((each) => wanted === undefined || wanted.includes(each.name));
    const found = chosen
      .flatMap((each) => each.addresses)
      .filter(({ family, address }) => family === 4 && !address.startsWith('127.'))
      .map(({ address, prefixLength }) => networkOf(address, prefixLength));
    return [...new Set(found)].toSorted();
  },
});

export const inSubnet = defineFunction({
  name: 'network.in_subnet',
  summary: 'Whether this machine has an address in a network, other than its loopback.',
  args: z.object({ cidr: text().describe('The network, e.g. `10.0.0.0/16`.') }),
  examples: ["'*' network.in_subnet 10.0.0.0/16"],
  run: ({ cidr: network }, context) =>
    addressesOf(context, { family: 4, name: undefined, loopback: false, network }).length > 0,
});

export const getHostname = defineFunction({
  name: 'network.get_hostname',
  summary: 'The name this machine gives itself.',
  args: z.object({}),
  examples: ["'*' network.get_hostname"],
  run: (_args, context) => machineOf(context).uname().nodename,
});

export const ipNetworks = defineFunction({
  name: 'network.ip_networks',
  summary: 'The IPv4 networks this machine is in.',
  args: z.object({
    interface: interfaceName,
    include_loopback: includeLoopback,
    verbose: withDefault(flag(), false).describe('Tell what is known of each.'),
  }),
  examples: ["'*' network.ip_networks"],
  run({ interface: name, include_loopback: loopback, verbose }, context) {
    const found = machineOf(context)
      .interfaces()
      .filter((each) => name === undefined || each.name === name)
      .flatMap((each) => each.addresses)
      .filter(({ family, address }) => family === 4 && (loopback || !address.startsWith('127.')))
      .map(({ address, prefixLength }) => networkOf(address, prefixLength));
    const networks = [...new Set(found)].toSorted();
    return verbose ? Object.fromEntries(networks.map((each) => [each, describeNetwork(each)])) : networks;
  },
});

function describeNetwork(network: string): Plain {
  const [address = '', length = '32'] = network.split('/');
  const prefixlen = Number(length);
  const netmask = toAddress(prefixlen === 0 ? 0 : 0xffff_ffff << (32 - prefixlen));
  return { address, netmask, num_addresses: 2 ** (32 - prefixlen), prefixlen };
}

interface AddressQuestion {
  readonly family: 4 | 6;
  readonly name: string | undefined;
  readonly loopback: boolean;
  readonly network: string | undefined;
}

function machineOf({ machine = createLocalMachine() }: FunctionContext): ReturnType<typeof createLocalMachine> {
  return machine;
}

async function noInterface(context: FunctionContext, name: string): Promise<string> {
  const known = (await linksOf(context)).map((each) => `"${each.name}"`);
  return `Interface "${name}" not in available interfaces: ${known.join(', ')}`;
}

async function findInterface(context: FunctionContext, name: string): Promise<Link | undefined> {
  return (await linksOf(context)).find((each) => each.name === name);
}

function addressesOf(
  context: FunctionContext,
  { family, name, loopback, network }: AddressQuestion,
): readonly string[] {
  const range = network === undefined ? undefined : parseIpNetwork(network);
  const found = machineOf(context)
    .interfaces()
    .filter((each) => name === undefined || each.name === name)
    .flatMap((each) => each.addresses)
    .filter((each) => each.family === family)
    .map(({ address }) => address)
    .filter((address) => loopback || !/^(127\.|::1$)/.test(address))
    .filter((address) => network === undefined || (range !== undefined && containsAddress(range, address)));
  return [...new Set(found)].toSorted(compareAddresses);
}

function describe({ name, hardwareAddress, addresses, isUp }: Link): Plain {
  const ofFamily = (family: 4 | 6): readonly InterfaceAddress[] => addresses.filter((each) => each.family === family);
  const inet = ofFamily(4).map(({ address, netmask, prefixLength }) => ({
    address,
    netmask,
    broadcast: name === 'lo' ? null : broadcastOf(address, prefixLength),
    label: name,
  }));
  const inet6 = ofFamily(6).map(({ address, prefixLength }) => ({
    address,
    prefixlen: String(prefixLength),
    scope: address.startsWith('fe80:') ? 'link' : address === '::1' ? 'host' : 'global',
  }));
  return {
    up: isUp,
    hwaddr: hardwareAddress,
    ...(inet.length === 0 ? {} : { inet }),
    ...(inet6.length === 0 ? {} : { inet6 }),
  };
}

function broadcastOf(address: string, prefixLength: number): string {
  return toAddress(toNumber(address) | (prefixLength === 0 ? 0xffff_ffff : 0xffff_ffff >>> prefixLength));
}

function networkOf(address: string, prefixLength: number): string {
  const mask = prefixLength === 0 ? 0 : 0xffff_ffff << (32 - prefixLength);
  return `${toAddress(toNumber(address) & mask)}/${prefixLength}`;
}

function toNumber(address: string): number {
  return address.split('.').reduce((number, part) => (number << 8) | Number(part), 0);
}

function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join('.');
}

// What nobody routes through the world: private use, loopback, link, documentation, benchmarks and what is reserved.
const privateNetworks = [
  ...['0.0.0.0/8', '10.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/29', '192.0.0.170/31'],
  ...['192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '240.0.0.0/4'],
];

function isPrivateAddress(address: string): boolean {
  return privateNetworks.some((network) => {
    const range = parseIpNetwork(network);
    return range !== undefined && containsAddress(range, address);
  });
}
