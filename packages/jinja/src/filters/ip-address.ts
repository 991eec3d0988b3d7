import { isIPv4, isIPv6 } from 'node:net';

/** An IP address, alone or with the prefix of its network. */
export interface IpAddress {
  readonly version: 4 | 6;
  readonly value: bigint;
  /** Bits of the network; `undefined` for an address alone. */
  readonly prefix: number | undefined;
}

const bits = { 4: 32, 6: 128 } as const;

export function bitsOf(version: 4 | 6): number {
  return bits[version];
}

function readV4(text: string): bigint {
  return text.split('.').reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function readV6(text: string): bigint {
  const [head = '', tail] = text.replace(/\d+\.\d+\.\d+\.\d+$/, toGroups).split('::');
  const groups = (part: string): string[] => part.split(':').filter((group) => group !== '');
  const [front, back] = [groups(head), groups(tail ?? '')];
  const gap = tail === undefined ? [] : Array.from({ length: 8 - front.length - back.length }, () => '0');
  return [...front, ...gap, ...back].reduce((value, group) => value * 65_536n + BigInt(`0x${group}`), 0n);
}

/** The last four bytes of an address as Python reads them too, as two groups. */
function toGroups(dotted: string): string {
  const value = readV4(dotted);
  return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
}

/** Reads an address without a prefix. */
export function parseAddress(text: string): IpAddress | undefined {
  if (isIPv4(text) && !/(?:^|\.)0\d/.test(text)) return { version: 4, value: readV4(text), prefix: undefined };
  if (isIPv6(text) && !text.includes('%')) return { version: 6, value: readV6(text), prefix: undefined };
  return undefined;
}

/** Reads an address with or without a prefix, which may be a netmask; without one it is a network of its own. */
export function parseInterface(text: string): IpAddress | undefined {
  const [start = '', mask, ...rest] = text.split('/');
  const address = parseAddress(start);
  if (address === undefined || rest.length > 0) return undefined;
  const prefix = mask === undefined ? bitsOf(address.version) : parsePrefix(mask, address.version);
  return prefix === undefined ? undefined : { ...address, prefix };
}

function parsePrefix(mask: string, version: 4 | 6): number | undefined {
  if (/^\d{1,3}$/.test(mask)) return Number(mask) <= bitsOf(version) ? Number(mask) : undefined;
  if (version === 6 || !isIPv4(mask)) return undefined;
  const ones = readV4(mask).toString(2).padStart(32, '0');
  if (/^1*0*$/.test(ones)) return ones.replace(/0+$/, '').length;
  // A mask written the other way round counts as well.
  return /^0*1*$/.test(ones) ? 32 - ones.replace(/^0+/, '').length : undefined;
}

/** Writes an address in its shortest form, with its prefix where it has one. */
export function formatAddress({ version, value, prefix }: IpAddress): string {
  const text = version === 4 ? formatV4(value) : formatV6(value);
  return prefix === undefined ? text : `${text}/${prefix}`;
}

function formatV4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => ((value >> shift) & 255n).toString()).join('.');
}

function formatV6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - index * 16)) & 0xffffn).toString(16));
  const zeros = longestZeros(groups);
  if (zeros === undefined) return groups.join(':');
  return `${groups.slice(0, zeros.start).join(':')}::${groups.slice(zeros.start + zeros.length).join(':')}`;
}

function longestZeros(groups: readonly string[]): { start: number; length: number } | undefined {
  let best = { start: 0, length: 1 };
  let start = 0;
  groups.forEach((group, index) => {
    if (group !== '0') start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  });
  return best.length > 1 ? best : undefined;
}

/** The first address of a network. */
export function networkBase({ version, value, prefix }: IpAddress): bigint {
  const shift = BigInt(bitsOf(version) - (prefix ?? bitsOf(version)));
  return (value >> shift) << shift;
}

/** Whether an address lies in a network. */
export function isWithin(address: IpAddress, network: IpAddress): boolean {
  if (address.version !== network.version) return false;
  return networkBase({ ...address, prefix: network.prefix }) === networkBase(network);
}
