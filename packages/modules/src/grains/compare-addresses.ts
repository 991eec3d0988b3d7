import { parseIpNetwork } from '@brine/common';

/** Orders IP addresses by number, IPv4 before IPv6. */
export function compareAddresses(a: string, b: string): number {
  const [left, right] = [parseIpNetwork(withoutZone(a)), parseIpNetwork(withoutZone(b))];
  if (left === undefined || right === undefined) return a < b ? -1 : 1;
  if (left.version !== right.version) return left.version - right.version;
  if (left.base === right.base) return 0;
  return left.base < right.base ? -1 : 1;
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/, '');
}
