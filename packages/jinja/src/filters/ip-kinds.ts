import { isWithin, parseInterface, type IpAddress } from './ip-address.ts';

/** Networks written one after the other with blanks between them. */
function networks(texts: string): IpAddress[] {
  return texts
    .split(' ')
    .map((text) => parseInterface(text))
    .filter((network) => network !== undefined);
}

function isInAny(ranges: readonly IpAddress[]): (address: IpAddress) => boolean {
  return (address) => ranges.some((range) => isWithin(address, range));
}

const isPrivate = isInAny(
  networks(
    '0.0.0.0/8 10.0.0.0/8 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/29 192.0.0.170/31 ' +
      '192.0.2.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 ::1/128 ::/128 ' +
      '::ffff:0:0/96 100::/64 2001::/23 2001:2::/48 2001:db8::/32 2001:10::/28 fc00::/7 fe80::/10',
  ),
);
const isLinkLocal = isInAny(networks('169.254.0.0/16 fe80::/10'));
const isLoopback = isInAny(networks('127.0.0.0/8 ::1/128'));
const isMulticast = isInAny(networks('224.0.0.0/4 ff00::/8'));
const isReserved = isInAny(
  networks(
    '240.0.0.0/4 ::/8 100::/8 200::/7 400::/6 800::/5 1000::/4 4000::/3 6000::/3 8000::/3 a000::/3 ' +
      'c000::/3 e000::/4 f000::/5 f800::/6 fe00::/9',
  ),
);
const isSiteLocal = isInAny(networks('fec0::/10'));
const isUnspecified = isInAny(networks('0.0.0.0/32 ::/128'));

function isGlobal(address: IpAddress): boolean {
  return !isPrivate(address);
}

/** Kinds of addresses by the names that Salt's filters take; unknown names are ignored, as Salt does. */
export const addressKinds: ReadonlyMap<string, (address: IpAddress) => boolean> = new Map([
  ['global', isGlobal],
  ['public', isGlobal],
  ['link-local', isLinkLocal],
  ['linklocal', isLinkLocal],
  ['link_local', isLinkLocal],
  ['ll', isLinkLocal],
  ['loopback', isLoopback],
  ['lo', isLoopback],
  ['multicast', isMulticast],
  ['private', isPrivate],
  ['reserved', isReserved],
  ['site-local', isSiteLocal],
  ['site_local', isSiteLocal],
  ['sl', isSiteLocal],
  ['unspecified', isUnspecified],
]);
