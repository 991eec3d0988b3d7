import { pythonStr } from '@brine/common';
import { z } from 'zod';
import { lineText, text } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { createLocalMachine } from '../../grains/local-machine.ts';
import { failure } from '../failure.ts';
import { readOutput } from '../run-program.ts';
import { readText } from '../text-file.ts';

export const hwaddr = defineFunction({
  name: 'network.hwaddr',
  summary: 'The hardware address of an interface; a text that says so when there is no such interface.',
  args: z.object({ iface: text().describe('Name of the interface.') }),
  examples: ["'*' network.hwaddr eth0"],
  run: ({ iface }, { call }) => call('network.hw_addr', [iface]),
});

export const interfaceAddresses = defineFunction({
  name: 'network.interface',
  summary:
    'The IPv4 addresses of an interface, with netmask and broadcast address; a text that says so when there is no such interface.',
  args: z.object({ iface: text().describe('Name of the interface.') }),
  examples: ["'*' network.interface eth0"],
  async run({ iface }, { call }) {
    const all = await call('network.interfaces');
    const found = all instanceof Map ? all.get(iface) : undefined;
    if (found instanceof Map) return found.get('inet') ?? '';
    const known = all instanceof Map ? [...all.keys()].map((name) => `"${pythonStr(name)}"`) : [];
    return `Interface "${iface}" not in available interfaces: ${known.join(', ')}`;
  },
});

export const ifacestartswith = defineFunction({
  name: 'network.ifacestartswith',
  summary: 'The interfaces with an IPv4 address that starts with a text.',
  args: z.object({ cidr: text().describe('The text, e.g. `10.0`.') }),
  examples: ["'*' network.ifacestartswith 10.0"],
  run: ({ cidr }, { machine = createLocalMachine() }) =>
    machine
      .interfaces()
      .flatMap(({ name, addresses }) =>
        addresses.filter(({ family, address }) => family === 4 && address.startsWith(cidr)).map(() => name),
      ),
});

export const iphexval = defineFunction({
  name: 'network.iphexval',
  summary: 'An IPv4 address as hexadecimal digits.',
  args: z.object({ ip: lineText().describe('The address.') }),
  examples: ["'*' network.iphexval 10.0.0.1"],
  run({ ip }) {
    const parts = ip.split('.').map(Number);
    if (parts.length !== 4 || !parts.every((part) => Number.isInteger(part) && part >= 0 && part < 256))
      throw failure(`${ip} is no IPv4 address.`);
    return parts.map((part) => part.toString(16).toUpperCase().padStart(2, '0')).join('');
  },
});

export const arp = defineFunction({
  name: 'network.arp',
  summary: 'The neighbours the kernel knows: hardware address → IPv4 address.',
  args: z.object({}),
  examples: ["'*' network.arp"],
  async run(_args, { host }) {
    const rows = ((await readText(host, '/proc/net/arp')) ?? '').split('\n').slice(1);
    const found = rows.map((row) => row.trim().split(/\s+/)).filter((row) => row.length >= 4);
    return Object.fromEntries(found.map(([address = '', , , hardware = '']) => [hardware, address]));
  },
});

export const getRoute = defineFunction({
  name: 'network.get_route',
  summary: 'The way packets to an address take.',
  args: z.object({
    ip: lineText()
      .refine((value) => /^[\da-fA-F.:]+$/.test(value), 'must be an address')
      .describe('The address.'),
  }),
  examples: ["'*' network.get_route 10.10.10.10"],
  async run({ ip }, context) {
    const [line = ''] = (await readOutput(context, ['ip', 'route', 'get', ip])).split('\n');
    const after = (word: string): string | null => new RegExp(`\\b${word}\\s+(\\S+)`).exec(line)?.[1] ?? null;
    return { destination: ip, gateway: after('via'), interface: after('dev'), source: after('src') };
  },
});
