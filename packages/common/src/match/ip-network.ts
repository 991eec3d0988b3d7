import { isIPv4, isIPv6 } from 'node:net';

/** An address, or a network of them. */
export interface IpNetwork {
  readonly version: 4 | 6;
  /** The (first) address as a number. */
  readonly base: bigint;
  /** How many leading bits all addresses of it share. */
  readonly prefix: number;
}

/**
 * Reads `10.0.0.1`, `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `fe80::/10` and the like; `undefined` when it is none of
 * these, or a network with host bits set.
 */
export function parseIpNetwork(text: string): IpNetwork | undefined {
  const [address = '', mask, ...rest] = text.split('/');
  const version = isIPv4(address) ? 4 : 6;
  if (rest.length > 0 || (version === 6 && !isIPv6(address))) return undefined;
  const bits = version === 4 ? 32 : 128;
  const prefix = mask === undefined ? bits : parsePrefix(mask, bits);
  if (prefix === undefined) return undefined;
  const base = version === 4 ? parseIpv4(address) : parseIpv6(address);
  return hostBits(base, bits - prefix) === 0n ? { version, base, prefix } : undefined;
}

/** Whether an address lies in a network. */
export function containsAddress(network: IpNetwork, address: string): boolean {
  if (network.version === 4) return isIPv4(address) && containsIpv4(network, address);
  const parsed = parseIpNetwork(address);
  if (parsed?.version !== 6) return false;
  const shift = BigInt(128 - network.prefix);
  return parsed.base >> shift === network.base >> shift;
}

function containsIpv4({ base, prefix }: IpNetwork, address: string): boolean {
  const size = 2 ** (32 - prefix);
  const number = address.split('.').reduce((total, part) => total * 256 + Number(part), 0);
  return Math.floor(number / size) === Math.floor(Number(base) / size);
}

function parsePrefix(mask: string, bits: number): number | undefined {
  if (/^\d{1,3}$/.test(mask)) return Number(mask) <= bits ? Number(mask) : undefined;
  if (bits !== 32 || !isIPv4(mask)) return undefined;
  const ones = parseIpv4(mask).toString(2).padStart(32, '0');
  return /^1*0*$/.test(ones) ? ones.replace(/0+$/, '').length : undefined;
}

function hostBits(base: bigint, count: number): bigint {
  return base & ((1n << BigInt(count)) - 1n);
}

function parseIpv4(address: string): bigint {
  return address.split('.').reduce((total, part) => total * 256n + BigInt(part), 0n);
}

function parseIpv6(address: string): bigint {
  const [head = '', tail] = withoutDottedPart(address.replace(/%.*$/, '')).split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].reduce((total, part) => total * 65536n + BigInt(`0x${part}`), 0n);
}

// `::ffff:10.0.0.1` ends in four decimal bytes.
function withoutDottedPart(address: string): string {
  const [, start = '', dotted] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address) ?? [];
  if (dotted === undefined) return address;
  const number = parseIpv4(dotted);
  return `${start}${(number >> 16n).toString(16)}:${(number & 0xffffn).toString(16)}`;
}
