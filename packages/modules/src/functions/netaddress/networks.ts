import { parseIpNetwork } from '@brine/common';
import { z } from 'zod';
import { lineText } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';

const cidr = lineText().describe('The network, as `192.168.0.0/20`.');
const limit = 65_536;

export const listCidrIps = defineFunction({
  name: 'netaddress.list_cidr_ips',
  summary: 'Every address of an IPv4 network.',
  args: z.object({ cidr }),
  examples: ["'*' netaddress.list_cidr_ips 192.168.0.0/28"],
  run: ({ cidr: network }) => listAddresses(network),
});

export const listCidrIpsIpv6 = defineFunction({
  name: 'netaddress.list_cidr_ips_ipv6',
  summary: 'Every address of an IPv4 network, as IPv6 writes it.',
  args: z.object({ cidr }),
  examples: ["'*' netaddress.list_cidr_ips_ipv6 192.168.0.0/28"],
  run: ({ cidr: network }) => listAddresses(network).map((address) => `::ffff:${address}`),
});

export const cidrNetmask = defineFunction({
  name: 'netaddress.cidr_netmask',
  summary: 'The netmask of an IPv4 network.',
  args: z.object({ cidr }),
  examples: ["'*' netaddress.cidr_netmask 192.168.0.0/20"],
  run: ({ cidr: network }) => write(maskOf(parse(network).prefix)),
});

export const cidrBroadcast = defineFunction({
  name: 'netaddress.cidr_broadcast',
  summary: 'The broadcast address of an IPv4 network.',
  args: z.object({ cidr }),
  examples: ["'*' netaddress.cidr_broadcast 192.168.0.0/20"],
  run({ cidr: network }) {
    const { base, prefix } = parse(network);
    return write((base | ~maskOf(prefix)) >>> 0);
  },
});

function parse(network: string): { readonly base: number; readonly prefix: number } {
  const [address = '', length = '32'] = network.split('/');
  const parts = address.split('.').map(Number);
  const isFine =
    parseIpNetwork(network) !== undefined && parts.length === 4 && /^\d+$/.test(length) && Number(length) <= 32;
  if (!isFine) throw failure(`invalid IPNetwork ${network}`);
  const value = parts.reduce((sum, part) => sum * 256 + part, 0);
  const prefix = Number(length);
  return { base: (value & maskOf(prefix)) >>> 0, prefix };
}

function maskOf(prefix: number): number {
  return prefix === 0 ? 0 : (0xff_ff_ff_ff << (32 - prefix)) >>> 0;
}

function listAddresses(network: string): readonly string[] {
  const { base, prefix } = parse(network);
  const count = 2 ** (32 - prefix);
  if (count > limit) throw failure(`${network} has more than ${limit} addresses.`);
  return Array.from({ length: count }, (_each, index) => write(base + index));
}

function write(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}
