import { containsAddress, parseIpNetwork } from '@brine/common';
import { z } from 'zod';
import { optional, text, textList } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';

const address = text().describe('The address.');

export const ipInSubnet = defineFunction({
  name: 'network.ip_in_subnet',
  summary: 'Whether an address, or one of several, is in a network.',
  args: z.object({
    ip_addr: textList().describe('The address, or a list of addresses.'),
    cidr: text().describe('The network, e.g. `172.17.0.0/16`.'),
  }),
  examples: ["'*' network.ip_in_subnet 172.17.0.4 172.17.0.0/16"],
  run({ ip_addr: addresses, cidr }) {
    const network = parseIpNetwork(cidr);
    return network !== undefined && addresses.some((each) => containsAddress(network, each));
  },
});

export const calcNet = defineFunction({
  name: 'network.calc_net',
  summary: 'The network an address with a prefix or netmask is in.',
  args: z.object({
    ip_addr: text().describe('The address, with or without a prefix.'),
    netmask: optional(text()).describe('The netmask or prefix, when the address has none.'),
  }),
  examples: [
    "'*' network.calc_net 172.17.0.5 255.255.255.240",
    "'*' network.calc_net 2a02:f6e:a000:80:84d8:8332:7866:4e07/64",
  ],
  run: ({ ip_addr: given, netmask }) => showNetwork(networkOf(netmask === undefined ? given : `${given}/${netmask}`)),
});

export const convertCidr = defineFunction({
  name: 'network.convert_cidr',
  summary: 'First address, netmask and last address of a network.',
  args: z.object({ cidr: text().describe('The network, e.g. `172.31.0.0/16`.') }),
  examples: ["'*' network.convert_cidr 172.31.0.0/16"],
  run({ cidr }) {
    const { version, base, prefix } = networkOf(cidr);
    const bits = bitsOf(version);
    const hosts = (1n << BigInt(bits - prefix)) - 1n;
    const all = (1n << BigInt(bits)) - 1n;
    return {
      network: showAddress(version, base),
      netmask: showAddress(version, all ^ hosts),
      broadcast: showAddress(version, base | hosts),
    };
  },
});

export const isPrivate = defineFunction({
  name: 'network.is_private',
  summary: 'Whether an address is for private networks.',
  args: z.object({ ip_addr: address }),
  examples: ["'*' network.is_private 10.0.0.3"],
  run: ({ ip_addr: given }) => isWithin(given, privateNetworks),
});

export const isLoopback = defineFunction({
  name: 'network.is_loopback',
  summary: 'Whether an address is a loopback address.',
  args: z.object({ ip_addr: address }),
  examples: ["'*' network.is_loopback 127.0.0.1"],
  run: ({ ip_addr: given }) => isWithin(given, ['127.0.0.0/8', '::1/128']),
});

export const reverseIp = defineFunction({
  name: 'network.reverse_ip',
  summary: 'The name an address has in the DNS for looking it up backwards.',
  args: z.object({ ip_addr: address }),
  examples: ["'*' network.reverse_ip 172.17.0.4"],
  run({ ip_addr: given }) {
    const { version, base } = requireAddress(given);
    if (version === 4) return `${given.split('.').toReversed().join('.')}.in-addr.arpa`;
    const digits = base.toString(16).padStart(32, '0');
    return `${Array.from(digits).toReversed().join('.')}.ip6.arpa`;
  },
});

// What Python's ipaddress takes for private (the version Salt 3006 brings along).
const privateNetworks = [
  ...['0.0.0.0/8', '10.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/29'],
  ...['192.0.0.170/31', '192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['240.0.0.0/4', '255.255.255.255/32', '::1/128', '::/128', '::ffff:0:0/96', '100::/64', '2001::/23'],
  ...['2001:db8::/32', 'fc00::/7', 'fe80::/10'],
];

type Network = NonNullable<ReturnType<typeof parseIpNetwork>>;

function requireAddress(given: string): Network {
  const found = parseIpNetwork(given);
  if (found === undefined || given.includes('/'))
    throw failure(`'${given}' does not appear to be an IPv4 or IPv6 address`);
  return found;
}

function isWithin(given: string, networks: readonly string[]): boolean {
  requireAddress(given);
  return networks.some((each) => {
    const network = parseIpNetwork(each);
    return network !== undefined && containsAddress(network, given);
  });
}

// Host bits may be set: the network around the address is meant.
function networkOf(given: string): Network {
  const [host = '', mask] = given.split('/');
  const found = parseIpNetwork(host);
  const range = mask === undefined ? found : parseIpNetwork(`${found?.version === 6 ? '::' : '0.0.0.0'}/${mask}`);
  if (found === undefined || range === undefined)
    throw failure(`'${given}' does not appear to be an IPv4 or IPv6 network`);
  const shift = BigInt(bitsOf(found.version) - range.prefix);
  return { version: found.version, base: (found.base >> shift) << shift, prefix: range.prefix };
}

function bitsOf(version: 4 | 6): number {
  return version === 4 ? 32 : 128;
}

function showNetwork({ version, base, prefix }: Network): string {
  return `${showAddress(version, base)}/${prefix}`;
}

function showAddress(version: 4 | 6, number: bigint): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 0xffn).join('.');
  const digits = number.toString(16).padStart(32, '0');
  return new URL(`http://[${(digits.match(/.{4}/g) ?? []).join(':')}]/`).hostname.slice(1, -1);
}
