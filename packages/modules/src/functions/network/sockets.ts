import { createSocket } from 'node:dgram';
import type { Plain } from '@brine/common';
import { z } from 'zod';
import { integer, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { readOutput, runAndTell } from '../run-program.ts';
import { readText } from '../text-file.ts';

export const netstat = defineFunction({
  name: 'network.netstat',
  summary: 'The sockets of this machine with their owners and programs.',
  args: z.object({}),
  examples: ["'*' network.netstat"],
  async run(_args, context) {
    if ((await context.host.which('netstat')) === undefined) return readSs(context);
    const said = await readOutput(context, ['netstat', '-tulpnea'], { timeout: 60_000 });
    const rows = said.split('\n').map((line) => line.trim().split(/\s+/));
    return rows.filter(([proto = '']) => /^(tcp|udp)/.test(proto)).map(describeRow);
  },
});

// A socket without a connection (udp) has no state, so its columns are one fewer.
function describeRow(row: readonly string[]): Plain {
  const column = (index: number): string => row[index] ?? '';
  const hasState = !/^\d+$/.test(column(5));
  const at = hasState ? 6 : 5;
  return describeSocket([0, 1, 2, 3, 4].map(column), hasState ? column(5) : '', {
    user: column(at),
    inode: column(at + 1),
    program: column(at + 2),
  });
}

function describeSocket(row: readonly string[], state: string, owner: Readonly<Record<string, string>>): Plain {
  const names = ['proto', 'recv-q', 'send-q', 'local-address', 'remote-address'];
  const base = Object.fromEntries(names.map((name, index) => [name, row[index] ?? '']));
  return { ...base, ...(base['proto']?.startsWith('udp') === true ? {} : { state }), ...owner };
}

async function readSs(context: FunctionContext): Promise<Plain> {
  const said = await readOutput(context, ['ss', '-tulpnea'], { timeout: 60_000 });
  const rows = said.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.filter(([proto]) => proto === 'tcp' || proto === 'udp').map(describeSsRow);
}

function describeSsRow(row: readonly string[]): Plain {
  const facts = row.slice(6);
  const fact = (name: string): string | undefined =>
    facts.find((each) => each.startsWith(`${name}:`))?.slice(name.length + 1);
  const [, program, pid] = /users:\(\("([^"]*)",pid=(\d+)/.exec(facts.join(' ')) ?? [];
  const state = row[1] === 'ESTAB' ? 'ESTABLISHED' : (row[1] ?? '');
  const owner = {
    user: fact('uid') ?? '0',
    inode: fact('ino') ?? '',
    program: pid === undefined ? '-' : `${pid}/${String(program)}`,
  };
  return describeSocket([row[0] ?? '', ...row.slice(2, 6)], state, owner);
}

export const activeTcp = defineFunction({
  name: 'network.active_tcp',
  summary: 'The established TCP connections, numbered.',
  args: z.object({}),
  examples: ["'*' network.active_tcp"],
  async run(_args, { host }) {
    const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readText(host, `/proc/net/${name}`)));
    const lines = tables.flatMap((table) => (table ?? '').split('\n').slice(1));
    const established = lines.map((line) => line.trim().split(/\s+/)).filter((row) => row[3] === '01');
    return new Map(
      established.map(([, local = '', remote = ''], index) => {
        const [from, to] = [readEnd(local), readEnd(remote)];
        return [
          index,
          new Map<string, string | number>([
            ['local_addr', from.address],
            ['local_port', from.port],
            ['remote_addr', to.address],
            ['remote_port', to.port],
          ]),
        ];
      }),
    );
  },
});

// The kernel writes addresses in words of the machine's order: little-endian wherever this runs.
function readEnd(end: string): { readonly address: string; readonly port: number } {
  const [hex = '', port = '0'] = end.split(':');
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, 'hex')].toReversed());
  const isMapped = bytes.length === 16 && bytes.slice(0, 12).join() === '0,0,0,0,0,0,0,0,0,0,255,255';
  const address =
    bytes.length === 4 || isMapped
      ? bytes.slice(-4).join('.')
      : (Buffer.from(bytes).toString('hex').match(/.{4}/g) ?? []).join(':');
  return { address: shorten(address), port: parseInt(port, 16) };
}

function shorten(address: string): string {
  return address.includes('.') ? address : new URL(`http://[${address}]/`).hostname.slice(1, -1);
}

const host = text()
  .refine((value) => /^[\w.:%-]+$/.test(value) && !value.startsWith('-'), 'must be a name or an address')
  .describe('Name or address.');

export const traceroute = defineFunction({
  name: 'network.traceroute',
  summary: 'The way to another machine, hop by hop.',
  args: z.object({ host }),
  examples: ["'*' network.traceroute archlinux.org"],
  async run({ host: target }, context) {
    const said = await runAndTell(context, ['traceroute', target], { timeout: 300_000 });
    const lines = said.split('\n').filter((line) => line.includes(' ') && !line.startsWith('traceroute'));
    return lines.map(describeHop);
  },
});

function describeHop(line: string): Plain {
  const [, count = '', rest = ''] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
  if (count === '') return {};
  if (rest.trim() === '* * *') return { count: Number(count), hostname: '*' };
  const [, hostname, ip] = /^(\S+) \(([^)]*)\)/.exec(rest) ?? [];
  if (hostname === undefined || ip === undefined) return {};
  const delays = [...rest.matchAll(/([\d.]+) ms/g)].map(([, delay], index) => [`ms${index + 1}`, Number(delay)]);
  return { count: Number(count), hostname, ip, ...(Object.fromEntries(delays) as Record<string, number>) };
}

export const dig = defineFunction({
  name: 'network.dig',
  summary: 'What the program dig tells of a name.',
  args: z.object({ host }),
  examples: ["'*' network.dig archlinux.org"],
  run: ({ host: target }, context) => runAndTell(context, ['dig', target], { timeout: 120_000 }),
});

export const wol = defineFunction({
  name: 'network.wol',
  summary: 'Wakes a machine by its hardware address; answers true.',
  args: z.object({
    mac: text().describe('Hardware address.'),
    bcast: withDefault(text(), '255.255.255.255').describe('Where the packet goes.'),
    destport: withDefault(
      integer().refine((port) => port > 0 && port < 65_536, 'must be a port'),
      9,
    ).describe('Port it goes to.'),
  }),
  examples: ["'*' network.wol 08-00-27-13-69-77", "'*' network.wol 080027136977 255.255.255.255 7"],
  run({ mac, bcast, destport }, { signal }) {
    const digits = mac.length === 12 ? mac : mac.replaceAll(mac[2] ?? ':', '');
    if (!/^[0-9a-f]{12}$/i.test(digits)) throw failure('Invalid MAC address');
    const packet = Buffer.concat([Buffer.alloc(6, 0xff), ...Array<Buffer>(16).fill(Buffer.from(digits, 'hex'))]);
    return new Promise<boolean>((resolve, reject) => {
      const socket = createSocket({ type: 'udp4', signal });
      const settle = (error: Error | null): void => {
        socket.close();
        if (error === null) resolve(true);
        else reject(failure(`The packet could not be sent: ${error.message}`, error));
      };
      socket.once('error', settle);
      socket.bind(() => {
        socket.setBroadcast(true);
        socket.send(packet, destport, bcast, settle);
      });
    });
  },
});
