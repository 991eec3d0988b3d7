import { isDict, pythonStr, type Dict, type Plain } from '@brine/common';
import { z } from 'zod';
import { flag, integer, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { createLocalMachine } from '../../grains/local-machine.ts';
import { failure } from '../failure.ts';
import { runProgram } from '../run-program.ts';
import { safeName } from '../safe-name.ts';
import { readText, writeText } from '../text-file.ts';

export const getFqdn = defineFunction({
  name: 'network.get_fqdn',
  summary: 'The fully qualified name of this machine.',
  args: z.object({}),
  examples: ["'*' network.get_fqdn"],
  run: (_args, { grains, call }) => grains.get('fqdn') ?? call('network.get_hostname'),
});

export const fqdns = defineFunction({
  name: 'network.fqdns',
  summary: 'The names that the addresses of this machine resolve to, sorted.',
  args: z.object({}),
  examples: ["'*' network.fqdns"],
  async run(_args, { call, machine = createLocalMachine() }) {
    const found = await Promise.all([call('network.ip_addrs'), call('network.ip_addrs6')]);
    const addresses = found.flatMap((list) => (Array.isArray(list) ? list.map(String) : []));
    const names = await Promise.all(addresses.map((address) => machine.reverse(address)));
    return { fqdns: [...new Set(names.filter((name) => name !== undefined))].toSorted() };
  },
});

export const modHostname = defineFunction({
  name: 'network.mod_hostname',
  summary: 'Gives this machine a name: now, for the next start and in /etc/hosts; answers whether that went well.',
  args: z.object({
    hostname: safeName('the name of a machine')
      .refine((name) => /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(name), 'must be the name of a machine')
      .describe('The name.'),
  }),
  examples: ["'*' network.mod_hostname master.saltstack.com"],
  async run({ hostname }, context) {
    const { host, grains } = context;
    const before = pythonStr(await context.call('network.get_hostname'));
    const usesControl = (await host.which('hostnamectl')) !== undefined;
    const isBooted = usesControl && (await host.files.stat('/run/systemd/system')) !== undefined;
    const command = isBooted ? ['hostnamectl', 'set-hostname', hostname] : ['hostname', hostname];
    const { exitCode, stderr } = await runProgram(context, command, { timeout: 60_000 });
    if (exitCode !== 0) {
      context.log.error('the name could not be set', { said: stderr.trim() });
      return false;
    }
    await renameInHosts(context, before, hostname);
    if (grains.get('os_family') === 'Debian') await writeText(host, '/etc/hostname', `${hostname}\n`);
    return true;
  },
});

async function renameInHosts({ host }: FunctionContext, before: string, after: string): Promise<void> {
  const content = await readText(host, '/etc/hosts');
  if (content === undefined || before === '' || before === after) return;
  const lines = content.split('\n').map((line) => {
    if (line.trim().startsWith('#')) return line;
    const words = line.split(/(\s+)/);
    return words.map((word, index) => (index > 0 && word === before ? after : word)).join('');
  });
  const changed = lines.join('\n');
  if (changed !== content) await writeText(host, '/etc/hosts', changed);
}

const iface = safeName('the name of an interface').describe('Name of the interface.');

export const getBufsize = defineFunction({
  name: 'network.get_bufsize',
  summary: 'The sizes of the ring buffers of an interface; empty without ethtool.',
  args: z.object({ iface }),
  examples: ["'*' network.get_bufsize eth0"],
  run: ({ iface: name }, context) => readRings(context, name),
});

export const modBufsize = defineFunction({
  name: 'network.mod_bufsize',
  ignoresOthers: true,
  summary: 'Sets sizes of the ring buffers of an interface; false without ethtool.',
  args: z.object({
    iface,
    rx: optional(integer()).describe('Size for what is received.'),
    tx: optional(integer()).describe('Size for what is sent.'),
    'rx-mini': optional(integer()).describe('Size for small frames.'),
    'rx-jumbo': optional(integer()).describe('Size for large frames.'),
  }),
  examples: ["'*' network.mod_bufsize eth0 rx=4096", "'*' network.mod_bufsize eth0 rx=512 tx=512"],
  async run({ iface: name, ...sizes }, context) {
    if ((await context.host.which('ethtool')) === undefined) return false;
    const words = Object.entries(sizes).flatMap(([key, size]) => (size === undefined ? [] : [key, String(size)]));
    if (words.length === 0) return false;
    const result = await runProgram(context, ['ethtool', '-G', name, ...words], { timeout: 60_000 });
    if (result.exitCode !== 0 && !/unmodified/.test(result.stderr)) throw failure(result.stderr.trim());
    return readRings(context, name);
  },
});

async function readRings({ host, signal }: FunctionContext, name: string): Promise<Record<string, Plain>> {
  if ((await host.which('ethtool')) === undefined) return {};
  const { stdout } = await host.inspect({ command: ['ethtool', '-g', name], signal, timeout: 60_000 });
  const sections: Record<string, Record<string, number>> = {};
  let section: Record<string, number> = {};
  for (const line of stdout.split('\n')) {
    if (/maximums/.test(line)) section = sections['max'] = {};
    if (/Current/.test(line)) section = sections['current'] = {};
    const [, key, value] = /^(RX|RX Mini|RX Jumbo|TX):\s*(\d+)/.exec(line) ?? [];
    if (key !== undefined) section[key.toLowerCase().replace(' ', '-')] = Number(value);
  }
  return sections;
}

export const subnets6 = defineFunction({
  name: 'network.subnets6',
  summary: 'The IPv6 networks this machine is in.',
  args: z.object({}),
  examples: ["'*' network.subnets6"],
  run: async (_args, { call }) => networks6(await call('network.interfaces'), {}).map(({ network }) => network),
});

export const ipNetworks6 = defineFunction({
  name: 'network.ip_networks6',
  summary: 'The IPv6 networks this machine is in, of one interface or all.',
  args: z.object({
    interface: optional(text()).describe('Only of this interface.'),
    include_loopback: withDefault(flag(), false).describe('Tell loopback networks too.'),
    verbose: withDefault(flag(), false).describe('Tell what is known of each.'),
  }),
  examples: ["'*' network.ip_networks6", "'*' network.ip_networks6 interface=eth0 verbose=True"],
  async run({ interface: name, include_loopback: loopback, verbose }, { call }) {
    const found = networks6(await call('network.interfaces'), { name, loopback });
    if (!verbose) return found.map(({ network }) => network);
    return new Map<string, Dict>(
      found.map(({ network, address, prefix }) => [
        network,
        new Map<string, string | number | bigint>([
          ['address', address],
          ['netmask', formatAddress(maskOf(prefix))],
          ['num_addresses', 2n ** BigInt(128 - prefix)],
          ['prefixlen', prefix],
        ]),
      ]),
    );
  },
});

interface Network6 {
  readonly network: string;
  readonly address: string;
  readonly prefix: number;
}

function networks6(
  interfaces: unknown,
  { name, loopback = false }: { readonly name?: string | undefined; readonly loopback?: boolean },
): readonly Network6[] {
  const found = new Map<string, Network6>();
  for (const [key, facts] of isDict(interfaces as Dict) ? (interfaces as Dict) : []) {
    const list = isDict(facts) ? facts.get('inet6') : undefined;
    const wanted = name === undefined || key === name;
    for (const each of wanted && Array.isArray(list) ? list.filter(isDict) : []) {
      const [address, prefix] = [pythonStr(each.get('address') ?? ''), Number(each.get('prefixlen'))];
      if (address === '::1' && !loopback) continue;
      const base = formatAddress(parseAddress(address) & maskOf(prefix));
      found.set(`${base}/${prefix}`, { network: `${base}/${prefix}`, address: base, prefix });
    }
  }
  return [...found.values()].toSorted((a, b) => (a.network < b.network ? -1 : 1));
}

function maskOf(prefix: number): bigint {
  return ((1n << BigInt(prefix)) - 1n) << BigInt(128 - prefix);
}

function parseAddress(address: string): bigint {
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...gap, ...right].reduce((sum, group) => (sum << 16n) | BigInt(parseInt(group, 16)), 0n);
}

/** An IPv6 address in its short form. */
export function formatAddress(value: bigint): string {
  const groups = (value.toString(16).padStart(32, '0').match(/.{4}/g) ?? []).join(':');
  return new URL(`http://[${groups}]/`).hostname.slice(1, -1);
}
