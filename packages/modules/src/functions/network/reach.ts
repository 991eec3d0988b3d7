import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect as openSocket, isIP, isIPv6 } from 'node:net';
import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, integer, lineText, number, oneOf, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { createLocalMachine } from '../../grains/local-machine.ts';
import { failure } from '../failure.ts';

const host = text()
  .refine((value) => /^[\w.:%-]+$/.test(value) && !value.startsWith('-'), 'must be a name or an address')
  .describe('Name or address.');

export const ping = defineFunction({
  name: 'network.ping',
  summary: 'Pings another machine and answers what ping writes, or whether it answered.',
  args: z.object({
    host,
    timeout: optional(integer()).describe('Seconds to wait for each answer.'),
    return_boolean: withDefault(flag(), false).describe('Only answer whether it answered.'),
  }),
  examples: ["'*' network.ping archlinux.org", "'*' network.ping archlinux.org return_boolean=True"],
  async run({ host: target, timeout, return_boolean: isShort }, { host: machine, signal }) {
    const limit = timeout === undefined ? [] : ['-W', String(timeout)];
    if ((await machine.which('ping')) === undefined) throw failure('ping was not found on this minion.');
    const result = await machine.inspect({ command: ['ping', ...limit, '-c', '4', target], signal });
    return isShort ? result.exitCode === 0 : (result.stdout + result.stderr).trimEnd();
  },
});

export const connect = defineFunction({
  name: 'network.connect',
  ignoresOthers: true,
  summary: 'Opens a TCP connection, or sends a UDP datagram, and answers whether there was somebody to answer.',
  args: z.object({
    host,
    port: integer()
      .refine((value) => value > 0 && value < 65_536, 'must be a port, 1 to 65535')
      .describe('The port.'),
    proto: withDefault(oneOf('tcp', 'udp'), 'tcp').describe('tcp, or udp: whether anything comes back.'),
    timeout: withDefault(
      number().refine((value) => value > 0 && value < 86_400, 'must be a number above 0'),
      5,
    ).describe('Seconds to wait.'),
    family: optional(oneOf('ipv4', 'ipv6')).describe('ipv4 or ipv6; either unless given.'),
  }),
  examples: [
    "'*' network.connect archlinux.org 80",
    "'*' network.connect google-public-dns-a.google.com port=53 proto=udp timeout=3",
  ],
  run: ({ host: target, port, proto, timeout, family }, context) =>
    reach(
      { host: target, port, proto, ...(family === undefined ? {} : { family: family === 'ipv4' ? 4 : 6 }) },
      timeout,
      context,
    ),
});

const nameserver = optional(lineText().refine((value) => isIP(value) !== 0, 'must be an address')).describe(
  'The address of the name server to ask, by dig.',
);

export const a = defineFunction({
  name: 'dnsutil.A',
  summary: 'The IPv4 addresses a name resolves to.',
  args: z.object({ host, nameserver }),
  examples: ["'*' dnsutil.A www.google.com"],
  run: ({ host: name, nameserver: server }, context) =>
    server === undefined
      ? lookUp((context.machine ?? createLocalMachine()).resolve(name, 4), name)
      : digAt(context, server, [name, 'A']),
});

export const aaaa = defineFunction({
  name: 'dnsutil.AAAA',
  summary: 'The IPv6 addresses a name resolves to.',
  args: z.object({ host, nameserver }),
  examples: ["'*' dnsutil.AAAA www.google.com"],
  run: ({ host: name, nameserver: server }, context) =>
    server === undefined
      ? lookUp((context.machine ?? createLocalMachine()).resolve(name, 6), name)
      : digAt(context, server, [name, 'AAAA']),
});

interface Peer {
  readonly host: string;
  readonly port: number;
  readonly proto: 'tcp' | 'udp';
  readonly family?: 4 | 6;
}

async function reach(peer: Peer, seconds: number, { signal, machine }: FunctionContext): Promise<Plain> {
  signal.throwIfAborted();
  const address = await addressOf(peer, machine);
  const port = `${peer.proto} port ${peer.port}`;
  if (address === undefined) return { result: false, comment: `Unable to resolve host ${peer.host} on ${port}` };
  const where = `${peer.host} (${address}) on ${port}`;
  const ask = peer.proto === 'udp' ? sendDatagram : openConnection;
  return (await ask({ address, port: peer.port }, seconds, signal))
    ? { result: true, comment: `Successfully connected to ${where}` }
    : { result: false, comment: `Unable to connect to ${where}` };
}

interface Place {
  readonly address: string;
  readonly port: number;
}

function openConnection({ address, port }: Place, seconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = openSocket({ host: address, port });
    const settle = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(seconds * 1000, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    signal.addEventListener('abort', () => settle(false), { once: true });
  });
}

/** Whether anything comes back; a closed port of a machine that says so ends it at once. */
function sendDatagram({ address, port }: Place, seconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4' });
    const settle = (result: boolean): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      socket.removeAllListeners().on('error', () => {});
      socket.close();
      resolve(result);
    };
    const stop = (): void => settle(false);
    const timer = setTimeout(stop, seconds * 1000);
    signal.addEventListener('abort', stop);
    socket.once('message', () => settle(true));
    socket.once('error', stop);
    socket.connect(port, address, () => socket.send(randomBytes(16).toString('hex')));
  });
}

async function addressOf(
  { host: name, family }: Peer,
  machine: FunctionContext['machine'] = createLocalMachine(),
): Promise<string | undefined> {
  if (isIP(name) !== 0) return name;
  for (const each of family === undefined ? ([4, 6] as const) : [family]) {
    const [first] = await machine.resolve(name, each);
    if (first !== undefined) return first;
  }
  return undefined;
}

async function lookUp(asked: Promise<readonly string[]>, name: string): Promise<Plain> {
  const found = await asked;
  return found.length === 0 ? `Unable to resolve ${name}` : [...new Set(found)];
}

async function digAt({ host: machine, signal }: FunctionContext, server: string, question: readonly string[]) {
  if ((await machine.which('dig')) === undefined) throw failure('dig is needed to ask a name server; install it.');
  const command = ['dig', '+short', `@${server}`, ...question];
  const { exitCode, stdout } = await machine.inspect({ command, signal, timeout: 60_000 });
  if (exitCode !== 0) throw failure(`The name server ${server} did not answer.`);
  return stdout.split('\n').filter((line) => isIP(line) !== 0);
}
