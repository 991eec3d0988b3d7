/** Orders IP addresses by number, IPv4 before IPv6. */
export function compareAddresses(a: string, b: string): number {
  const [left, right] = [toNumber(a), toNumber(b)];
  if (a.includes(':') !== b.includes(':')) return a.includes(':') ? 1 : -1;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function toNumber(address: string): bigint {
  return address.includes(':') ? toNumber6(address) : toNumber4(address);
}

function toNumber4(address: string): bigint {
  return address.split('.').reduce((number, part) => number * 256n + BigInt(Number(part)), 0n);
}

function toNumber6(address: string): bigint {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const groupsOf = (part: string): string[] => (part === '' ? [] : part.split(':').flatMap(splitGroup));
  const [start, end] = [groupsOf(head), groupsOf(tail ?? '')];
  const gap = tail === undefined ? 0 : Math.max(0, 8 - start.length - end.length);
  const groups = [...start, ...Array.from({ length: gap }, () => '0'), ...end];
  return groups.reduce((number, group) => number * 65_536n + BigInt(`0x${group}`), 0n);
}

// `::ffff:10.0.0.1` ends in an IPv4 address, which is two groups.
function splitGroup(group: string): string[] {
  if (!group.includes('.')) return [group];
  const number = toNumber4(group);
  return [(number >> 16n).toString(16), (number & 0xffffn).toString(16)];
}
