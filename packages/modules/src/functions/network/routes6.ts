import type { FunctionContext } from '../../kit/context.ts';
import { formatAddress } from './names.ts';
import { readText } from '../text-file.ts';

/** A route as `network.routes` tells it. */
export type Route = Readonly<
  Record<'addr_family' | 'destination' | 'gateway' | 'netmask' | 'flags' | 'interface', string>
>;

// As net-tools shows them; the order counts.
const flagLetters: readonly (readonly [number, string])[] = [
  [0x2, 'G'],
  [0x4, 'H'],
  [0x1_0000, 'D'],
  [0x4_0000, 'A'],
  [0x100_0000, 'C'],
  [0x2_0000, 'a'],
  [0x40_0000, 'e'],
  [0x20, 'm'],
  [0x20_0000, 'n'],
  [0x200_0000, 'f'],
];
const rejects = 0x200;

/** The IPv6 routes of the kernel. */
export async function readRoutes6({ host }: FunctionContext): Promise<readonly Route[]> {
  const lines = ((await readText(host, '/proc/net/ipv6_route')) ?? '').split('\n');
  return lines.flatMap((line): readonly Route[] => {
    const [destination = '', length = '', , , gateway = '', , , , flags = '', device] = line.trim().split(/\s+/);
    if (device === undefined) return [];
    const bits = Number.parseInt(flags, 16);
    const letters = flagLetters.filter(([bit]) => (bits & bit) !== 0).map(([, letter]) => letter);
    return [
      {
        addr_family: 'inet6',
        destination: `${formatAddress(BigInt(`0x${destination}`))}/${Number.parseInt(length, 16)}`,
        gateway: formatAddress(BigInt(`0x${gateway}`)),
        netmask: '',
        flags: `${(bits & rejects) === 0 ? 'U' : '!'}${letters.join('')}`,
        interface: device,
      },
    ];
  });
}
