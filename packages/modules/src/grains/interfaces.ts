import type { Plain } from '@brine/common';
import { defineGrain, type GrainContext } from '../kit/define-grain.ts';
import type { NetworkInterface } from '../kit/machine.ts';
import { compareAddresses } from './compare-addresses.ts';
import { readOptional } from './read-file.ts';

export const interfaces = defineGrain({
  name: 'interfaces',
  summary: 'The network interfaces and their addresses.',
  grains: {
    ip_interfaces: 'All addresses of each interface.',
    ip4_interfaces: 'The IPv4 addresses of each interface.',
    ip6_interfaces: 'The IPv6 addresses of each interface.',
    hwaddr_interfaces: 'The hardware address of each interface.',
    ipv4: 'All IPv4 addresses, the loopback too, sorted.',
    ipv6: 'All IPv6 addresses, the loopback too, sorted.',
  },
  async collect({ host, machine }) {
    const up = machine.interfaces();
    const known = (await host.files.list('/sys/class/net')) ?? [];
    const names = [...new Set([...up.map(({ name }) => name), ...known])].toSorted();
    const addressesOf = (name: string, family?: 4 | 6): string[] => addressesIn(up, name, family);
    const all = up.map(({ name }) => name);
    return {
      ip_interfaces: toRecord(names, (name) => [...addressesOf(name, 4), ...addressesOf(name, 6)]),
      ip4_interfaces: toRecord(names, (name) => addressesOf(name, 4)),
      ip6_interfaces: toRecord(names, (name) => addressesOf(name, 6)),
      hwaddr_interfaces: await hardwareAddresses({ host, machine }, names),
      ipv4: sortAddresses(all.flatMap((name) => addressesOf(name, 4))),
      ipv6: sortAddresses(all.flatMap((name) => addressesOf(name, 6))),
    };
  },
});

export const routes = defineGrain({
  name: 'routes',
  summary: 'The default gateways.',
  grains: {
    ip_gw: 'Whether there is a default gateway.',
    ip4_gw: 'The default IPv4 gateway, true when it has no address, false when there is none.',
    ip6_gw: 'The default IPv6 gateway, true when it has no address, false when there is none.',
  },
  async collect({ host }) {
    const v4 = defaultGateway4(await readOptional(host, '/proc/net/route'));
    const v6 = defaultGateway6(await readOptional(host, '/proc/net/ipv6_route'));
    return { ip_gw: v4 !== false || v6 !== false, ip4_gw: v4, ip6_gw: v6 };
  },
});

export const resolver = defineGrain({
  name: 'resolver',
  summary: 'How names are resolved.',
  grains: { dns: 'Name servers, domain, search list, options and sort list of the resolver.' },
  async collect({ host }) {
    const file =
      (await readOptional(host, '/run/systemd/resolve/resolv.conf')) || (await readOptional(host, '/etc/resolv.conf'));
    return file === '' ? {} : { dns: readResolver(file) };
  },
});

function addressesIn(up: readonly NetworkInterface[], name: string, family?: 4 | 6): string[] {
  const found = up.find((each) => each.name === name)?.addresses ?? [];
  return found.filter((each) => family === undefined || each.family === family).map(({ address }) => address);
}

function toRecord(names: readonly string[], read: (name: string) => string[]): Record<string, string[]> {
  return Object.fromEntries(names.map((name) => [name, read(name)]));
}

async function hardwareAddresses(
  { host, machine }: Pick<GrainContext, 'host' | 'machine'>,
  names: readonly string[],
): Promise<Record<string, string>> {
  const entries = await Promise.all(
    names.map(async (name): Promise<[string, string]> => {
      const file = (await readOptional(host, `/sys/class/net/${name}/address`)).trim();
      const known = machine.interfaces().find((each) => each.name === name)?.hardwareAddress;
      return [name, file === '' ? (known ?? '') : file];
    }),
  );
  return Object.fromEntries(entries.filter(([, address]) => address !== ''));
}

function sortAddresses(addresses: readonly string[]): string[] {
  return [...new Set(addresses)].toSorted(compareAddresses);
}

/** The default gateway in the text of `/proc/net/route`. */
export function defaultGateway4(table: string): string | boolean {
  for (const line of table.split('\n').slice(1)) {
    const [, destination, gateway = '', , , , , netmask] = line.split(/\s+/);
    if (destination !== '00000000' || netmask !== '00000000') continue;
    if (gateway === '00000000') return true;
    // The kernel writes the address as a little-endian number.
    return (gateway.match(/../g) ?? [])
      .toReversed()
      .map((byte) => Number.parseInt(byte, 16))
      .join('.');
  }
  return false;
}

const anyAddress = '0'.repeat(32);
const rejectFlag = 0x0200;

/** The default gateway in the text of `/proc/net/ipv6_route`. */
export function defaultGateway6(table: string): string | boolean {
  for (const line of table.split('\n')) {
    const [destination, length, , , gateway = anyAddress, , , , flags = '0', device] = line.split(/\s+/);
    const isDefault = destination === anyAddress && length === '00' && device !== 'lo';
    if (!isDefault || (Number.parseInt(flags, 16) & rejectFlag) !== 0) continue;
    return gateway === anyAddress ? true : shortenAddress(gateway);
  }
  return false;
}

function shortenAddress(digits: string): string {
  const groups = (digits.match(/.{4}/g) ?? []).join(':');
  return new URL(`http://[${groups}]/`).hostname.slice(1, -1);
}

/** The `dns` grain in the text of a resolv.conf. */
export function readResolver(file: string): Record<string, Plain> {
  const found = { nameservers: new Set<string>(), domain: '', search: [] as string[] };
  const options = new Set<string>();
  const sortlist = new Set<string>();
  for (const line of file.split('\n')) {
    const [directive = '', ...words] = line
      .replace(/[#;].*$/, '')
      .trim()
      .split(/\s+/);
    const [first = ''] = words;
    if (directive === 'nameserver' && first !== '') found.nameservers.add(first);
    else if (directive === 'domain') found.domain = first;
    else if (directive === 'search') found.search = words;
    else if (directive === 'options') for (const word of words) options.add(word);
    else if (directive === 'sortlist') for (const word of words) sortlist.add(word);
  }
  const nameservers = [...found.nameservers];
  return {
    nameservers,
    ip4_nameservers: nameservers.filter((address) => !address.includes(':')),
    ip6_nameservers: nameservers.filter((address) => address.includes(':')),
    sortlist: [...sortlist],
    domain: found.domain,
    search: found.search,
    options: [...options],
  };
}
