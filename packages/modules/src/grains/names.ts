import { setTimeout as wait } from 'node:timers/promises';
import { defineGrain, type GrainContext } from '../kit/define-grain.ts';
import { compareAddresses } from './compare-addresses.ts';
import { readOptional } from './read-file.ts';

/** How long one look-up in the DNS may take, in milliseconds: grains must come although a name server does not. */
const lookUpLimit = 400;

export const names = defineGrain({
  name: 'names',
  summary: 'The names of this machine and what they resolve to.',
  grains: {
    localhost: 'The name the machine gives itself.',
    fqdn: 'The full name of the machine.',
    host: 'The full name up to its first dot.',
    domain: 'The full name after its first dot.',
    fqdn_ip4: 'The IPv4 addresses the full name resolves to.',
    fqdn_ip6: 'The IPv6 addresses the full name resolves to.',
    fqdns: 'The names all addresses of the machine resolve to, sorted; see `enable_fqdns_grains`.',
  },
  async collect(context) {
    const hosts = readHosts(await readOptional(context.host, '/etc/hosts'));
    const localhost = context.machine.uname().nodename;
    const fqdn = await fullName(context, hosts, localhost);
    const mark = fqdn.indexOf('.');
    const [ip4, ip6, fqdns] = await Promise.all([
      resolve(context, hosts, { name: fqdn, family: 4 }),
      resolve(context, hosts, { name: fqdn, family: 6 }),
      allNames(context, hosts),
    ]);
    return {
      localhost,
      fqdn,
      host: mark < 0 ? fqdn : fqdn.slice(0, mark),
      domain: mark < 0 ? '' : fqdn.slice(mark + 1),
      fqdn_ip4: ip4,
      fqdn_ip6: ip6,
      fqdns,
    };
  },
});

interface HostsLine {
  readonly address: string;
  readonly names: readonly string[];
}

/** The lines of a hosts file. */
export function readHosts(file: string): readonly HostsLine[] {
  return file.split('\n').flatMap((line) => {
    const [address = '', ...found] = line.replace(/#.*$/, '').trim().split(/\s+/);
    return address === '' || found.length === 0 ? [] : [{ address, names: found }];
  });
}

async function fullName(context: GrainContext, hosts: readonly HostsLine[], localhost: string): Promise<string> {
  if (localhost.includes('.')) return localhost;
  const line = hosts.find((each) => each.names.includes(localhost));
  if (line !== undefined) return line.names.find((name) => name.includes('.')) ?? localhost;
  const [address] = await limited(context.machine.resolve(localhost, 4), []);
  const found = address === undefined ? undefined : await limited(context.machine.reverse(address), undefined);
  return found?.startsWith(`${localhost}.`) === true ? found : localhost;
}

async function resolve(
  { machine }: GrainContext,
  hosts: readonly HostsLine[],
  { name, family }: { readonly name: string; readonly family: 4 | 6 },
): Promise<string[]> {
  const hasFamily = machine.interfaces().some((each) => each.addresses.some((address) => address.family === family));
  if (!hasFamily) return [];
  const listed = hosts.filter((line) => line.names.includes(name)).map((line) => line.address);
  const known = listed.filter((address) => address.includes(':') === (family === 6));
  // A name the hosts file has for one family is not asked for in the DNS for the other, as the name service does.
  if (listed.length > 0) return [...new Set(known)];
  return [...new Set(await limited(machine.resolve(name, family), []))];
}

async function allNames({ machine, options }: GrainContext, hosts: readonly HostsLine[]): Promise<string[]> {
  if (options.get('enable_fqdns_grains') === false) return [];
  const addresses = machine
    .interfaces()
    .flatMap((each) => each.addresses.map(({ address }) => address))
    .filter((address) => !/^(127\.|::1$|fe80:)/i.test(address))
    .toSorted(compareAddresses);
  const found = await Promise.all(
    addresses.map(async (address) => {
      const listed = hosts.find((line) => line.address === address)?.names;
      return listed ?? [await limited(machine.reverse(address), undefined)];
    }),
  );
  return [...new Set(found.flat().filter((name) => name !== undefined))].toSorted();
}

async function limited<T>(work: Promise<T>, fallback: T): Promise<T> {
  const stop = new AbortController();
  const late = wait(lookUpLimit, fallback, { signal: stop.signal, ref: false }).catch(() => fallback);
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
  }
}
