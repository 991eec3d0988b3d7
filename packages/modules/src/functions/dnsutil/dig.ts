import { isIP, isIPv4 } from 'node:net';
import { z } from 'zod';
import { flag, oneOf, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { runProgram } from '../run-program.ts';

const queryName = text()
  .refine((value) => /^[\w.:%*-]+$/.test(value) && !value.startsWith('-'), 'must be a name or an address')
  .describe('The name to look up.');
const nameserver = optional(
  text().refine((value) => /^[\w.:%-]+$/.test(value), 'must be a name or an address'),
).describe('The name server to ask; that of the machine unless given.');

interface Query {
  readonly words: readonly string[];
  readonly nameserver: string | undefined;
}

/** The lines of `dig +short`; none when it fails, which is logged. */
async function ask(context: FunctionContext, { words, nameserver: server }: Query): Promise<readonly string[]> {
  const at = server === undefined ? [] : [`@${server}`];
  const result = await runProgram(context, ['dig', '+short', ...words, ...at], { timeout: 60_000 });
  if (result.exitCode === 0) return result.stdout.replace(/\n+$/, '').split('\n');
  context.log.warn('dig failed', { exitCode: result.exitCode });
  return [];
}

const isAddress = (word: string): boolean => isIP(word) !== 0;

function addresses(context: FunctionContext, query: Query): Promise<string[]> {
  return ask(context, query).then((lines) => lines.filter(isAddress));
}

export const a = defineFunction({
  name: 'dig.A',
  summary: 'The IPv4 addresses of a name, asked of a name server with dig.',
  args: z.object({ host: queryName, nameserver }),
  examples: ["'*' dig.A www.google.com"],
  run: ({ host, nameserver: server }, context) => addresses(context, { words: [host, 'A'], nameserver: server }),
});

export const aaaa = defineFunction({
  name: 'dig.AAAA',
  summary: 'The IPv6 addresses of a name, asked of a name server with dig.',
  args: z.object({ host: queryName, nameserver }),
  examples: ["'*' dig.AAAA www.google.com"],
  run: ({ host, nameserver: server }, context) => addresses(context, { words: [host, 'AAAA'], nameserver: server }),
});

export const cname = defineFunction({
  name: 'dig.CNAME',
  summary: 'The name that a name stands for.',
  args: z.object({ host: queryName, nameserver }),
  examples: ["'*' dig.CNAME mail.google.com"],
  run: async ({ host, nameserver: server }, context) => {
    const lines = await ask(context, { words: [host, 'CNAME'], nameserver: server });
    return lines.length === 0 ? [] : lines.join('\n');
  },
});

export const ptr = defineFunction({
  name: 'dig.PTR',
  summary: 'The names of an address.',
  args: z.object({ host: queryName, nameserver }),
  examples: ["'*' dig.PTR 1.2.3.4"],
  run: async ({ host, nameserver: server }, context) => [
    ...(await ask(context, { words: ['-x', host], nameserver: server })),
  ],
});

export const txt = defineFunction({
  name: 'dig.TXT',
  summary: 'The texts of a name.',
  args: z.object({ host: queryName, nameserver }),
  examples: ["'*' dig.TXT google.com"],
  run: async ({ host, nameserver: server }, context) => [
    ...(await ask(context, { words: [host, 'TXT'], nameserver: server })),
  ],
});

export const ns = defineFunction({
  name: 'dig.NS',
  summary: 'The addresses of the name servers of a domain, or their names.',
  args: z.object({
    domain: queryName,
    resolve: withDefault(flag(), true).describe('Whether addresses are told instead of names.'),
    nameserver,
  }),
  examples: ["'*' dig.NS google.com"],
  async run({ domain, resolve, nameserver: server }, context) {
    const names = await ask(context, { words: [domain, 'NS'], nameserver: server });
    if (!resolve) return [...names];
    const found = await Promise.all(
      names.filter((name) => name !== '').map((name) => addresses(context, { words: [name, 'A'], nameserver: server })),
    );
    return found.flat();
  },
});

export const mx = defineFunction({
  name: 'dig.MX',
  summary: 'The mail servers of a domain with their preferences.',
  args: z.object({
    domain: queryName,
    resolve: withDefault(flag(), false).describe('Whether an address of each is told instead of its name.'),
    nameserver,
  }),
  examples: ["'*' dig.MX google.com"],
  async run({ domain, resolve, nameserver: server }, context) {
    const lines = await ask(context, { words: [domain, 'MX'], nameserver: server });
    const rows = lines.filter((line) => line !== '').map((line) => line.split(/\s+/));
    if (!resolve) return rows;
    return Promise.all(
      rows.map(async ([preference = '', name = '']) => {
        const [first] = await addresses(context, { words: [name, 'A'], nameserver: server });
        return [preference, first ?? name];
      }),
    );
  },
});

export const checkIp = defineFunction({
  name: 'dig.check_ip',
  summary: 'Whether a text is an address, or a network of IPv4 or IPv6.',
  args: z.object({ addr: text().describe('The text.') }),
  examples: ["'*' dig.check_ip 127.0.0.1", "'*' dig.check_ip 1111:2222:3333:4444:5555:6666:7777:8888"],
  run({ addr }) {
    const [address = '', length, ...more] = addr.split('/');
    if (!isAddress(address) || more.length > 0) return false;
    if (length === undefined) return true;
    const [least, most] = isIPv4(address) ? [1, 32] : [8, 128];
    return /^\d+$/.test(length) && Number(length) >= least && Number(length) <= most;
  },
});

const mechanism = /^[+~]?(ip[46]|include):(.+)/;
const deepest = 10;

export const spf = defineFunction({
  name: 'dig.SPF',
  summary: 'The addresses and networks that may send mail for a domain, those of included domains too.',
  args: z.object({
    domain: queryName,
    record: withDefault(oneOf('SPF', 'TXT'), 'SPF').describe(
      'Kind of record; for SPF that is empty TXT is asked for too.',
    ),
    nameserver,
  }),
  examples: ["'*' dig.SPF google.com"],
  run: ({ domain, record, nameserver: server }, context) => senders(context, { domain, record, server, depth: 0 }),
});

interface SpfQuery {
  readonly domain: string;
  readonly record: 'SPF' | 'TXT';
  readonly server: string | undefined;
  readonly depth: number;
}

async function senders(context: FunctionContext, query: SpfQuery): Promise<string[]> {
  const { domain, record, server, depth } = query;
  if (depth > deepest || !queryName.safeParse(domain).success) return [];
  const told = (await ask(context, { words: [domain, record], nameserver: server })).join('\n');
  if (told === '' && record === 'SPF') return senders(context, { ...query, record: 'TXT' });
  const [version, ...sections] = told.replaceAll('"', '').split(/\s+/);
  if (version !== 'v=spf1') return [];
  const [first = ''] = sections;
  const next = { record: 'SPF', server, depth: depth + 1 } as const;
  if (first.startsWith('redirect=')) return senders(context, { ...next, domain: first.slice(9) });
  const found = await Promise.all(
    sections.map(async (section) => {
      const [, kind, address = ''] = mechanism.exec(section) ?? [];
      if (kind === 'include') return senders(context, { ...next, domain: address });
      return kind !== undefined && isAddress(address.split('/')[0] ?? '') ? [address] : [];
    }),
  );
  return found.flat();
}
