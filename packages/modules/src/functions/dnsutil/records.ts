import { isIP } from 'node:net';
import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, lineText, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { formatTime } from '../format-time.ts';
import { safeName } from '../safe-name.ts';
import { readText } from '../text-file.ts';

const needsDig = 'This function requires dig, which is not currently available';
const domain = safeName('the name of a domain')
  .refine((name) => /^[\w.-]+$/.test(name), 'must be the name of a domain')
  .describe('The domain.');
const nameserver = optional(
  safeName('a name server').refine((name) => /^[\w.:-]+$/.test(name), 'must be a name or an address'),
).describe('The name server to ask.');

/** The answers of dig, one a line; `undefined` without the program, none when it fails. */
async function dig(
  { host, signal }: FunctionContext,
  name: string,
  wish: { readonly record: string; readonly nameserver: string | undefined },
): Promise<readonly string[] | undefined> {
  if ((await host.which('dig')) === undefined) return undefined;
  const server = wish.nameserver === undefined ? [] : [`@${wish.nameserver}`];
  const command = ['dig', '+short', name, wish.record, ...server];
  const { exitCode, stdout } = await host.inspect({ command, signal, timeout: 60_000 });
  return exitCode === 0 ? stdout.trim().split('\n') : [];
}

async function addressesOf(context: FunctionContext, name: string, server: string | undefined): Promise<string[]> {
  return ((await dig(context, name, { record: 'A', nameserver: server })) ?? []).filter(isAddress);
}

function isAddress(written: string): boolean {
  const [address = '', prefix] = written.split('/');
  const family = isIP(address);
  if (family === 0) return false;
  if (prefix === undefined) return true;
  const bits = Number(prefix);
  return /^\d+$/.test(prefix) && bits >= (family === 4 ? 1 : 8) && bits <= (family === 4 ? 32 : 128);
}

export const checkIp = defineFunction({
  name: 'dnsutil.check_ip',
  summary: 'Whether a text is an address, also with the length of a network.',
  args: z.object({ ip_addr: lineText().describe('The text.') }),
  examples: ["'*' dnsutil.check_ip 127.0.0.1"],
  run: async ({ ip_addr: written }, { host }) =>
    (await host.which('dig')) === undefined ? needsDig : isAddress(written),
});

export const ns = defineFunction({
  name: 'dnsutil.NS',
  summary: 'The name servers of a domain: their addresses, or their names.',
  args: z.object({
    domain,
    resolve: withDefault(flag(), true).describe('Answer addresses.'),
    nameserver,
  }),
  examples: ["'*' dnsutil.NS google.com"],
  async run({ domain: name, resolve, nameserver: server }, context) {
    const found = await dig(context, name, { record: 'NS', nameserver: server });
    if (found === undefined) return needsDig;
    if (!resolve) return found;
    return (await Promise.all(found.map((each) => addressesOf(context, each, server)))).flat();
  },
});

export const mx = defineFunction({
  name: 'dnsutil.MX',
  summary: 'The mail servers of a domain with their preference.',
  args: z.object({
    domain,
    resolve: withDefault(flag(), false).describe('Answer addresses.'),
    nameserver,
  }),
  examples: ["'*' dnsutil.MX saltstack.org"],
  async run({ domain: name, resolve, nameserver: server }, context) {
    const found = await dig(context, name, { record: 'MX', nameserver: server });
    if (found === undefined) return needsDig;
    const rows = found.map((line) => line.split(/\s+/).filter((word) => word !== ''));
    if (!resolve) return rows;
    return Promise.all(
      rows.map(async ([preference = '', mail = '']): Promise<Plain> => {
        const [address = null] = await addressesOf(context, mail, server);
        return [preference, address];
      }),
    );
  },
});

export const spf = defineFunction({
  name: 'dnsutil.SPF',
  summary: 'The networks that may send mail of a domain.',
  args: z.object({
    domain,
    record: withDefault(text(), 'SPF').describe('Kind of record: SPF or TXT.'),
    nameserver,
  }),
  examples: ["'*' dnsutil.SPF google.com"],
  run: async ({ domain: name, record, nameserver: server }, context) =>
    (await readSpf(context, name, { record, server, depth: 0 })) ?? needsDig,
});

async function readSpf(
  context: FunctionContext,
  name: string,
  wish: { readonly record: string; readonly server: string | undefined; readonly depth: number },
): Promise<readonly string[] | undefined> {
  // RFC 7208 lets a record ask for ten others at most.
  if (wish.depth > 10) return [];
  const next = { ...wish, depth: wish.depth + 1 };
  const found = await dig(context, name, { record: wish.record, nameserver: wish.server });
  if (found === undefined) return undefined;
  const told = found.join('\n').trim();
  if (told === '' && wish.record === 'SPF') return readSpf(context, name, { ...next, record: 'TXT' });
  const [version, ...sections] = told.replaceAll('"', '').split(/\s+/);
  if (version !== 'v=spf1') return [];
  const [first] = sections;
  if (first?.startsWith('redirect=') === true) return readSpf(context, first.slice(9), { ...next, record: 'SPF' });
  const parts = sections.map(async (section): Promise<readonly string[]> => {
    const [, mechanism, address = ''] = /^[+~]?(ip[46]|include):(.+)$/.exec(section) ?? [];
    if (mechanism === 'include') return (await readSpf(context, address, { ...next, record: 'SPF' })) ?? [];
    return mechanism !== undefined && isAddress(address) ? [address] : [];
  });
  return (await Promise.all(parts)).flat();
}

export const serial = defineFunction({
  name: 'dnsutil.serial',
  summary: 'A serial number for a zone: the one kept in the grains, or that of today; with `update` a new one is kept.',
  args: z.object({
    zone: withDefault(text(), '').describe('The zone.'),
    update: withDefault(flag(), false).describe('Count up and keep.'),
  }),
  examples: ["'*' dnsutil.serial example.com"],
  async run({ zone, update }, { call }) {
    const key = `dnsserial${zone === '' ? '' : `_${zone}`}`;
    const stored = await call('grains.get', [key]);
    const kept = stored === null || stored === '' ? '' : String(stored as string | number);
    const present = `${formatTime(new Date(), '%Y%m%d')}01`;
    if (!update) return kept === '' ? present : stored;
    const current = kept !== '' && kept >= present ? String(BigInt(kept) + 1n) : present;
    await call('grains.setval', [key, current]);
    return current;
  },
});

export const parseZone = defineFunction({
  name: 'dnsutil.parse_zone',
  summary: 'The records of a zone file.',
  args: z.object({
    zonefile: optional(text()).describe('Path of the file.'),
    zone: optional(text()).describe('Its contents, instead.'),
  }),
  examples: ["'*' dnsutil.parse_zone /var/lib/named/example.com.zone"],
  async run({ zonefile, zone }, { host }) {
    const read = zonefile === undefined ? undefined : await readText(host, zonefile).catch(() => undefined);
    const content = read ?? zone ?? '';
    return content === '' ? 'Error: Zone data was not found' : readZone(content);
  },
});

type Zone = Record<string, Plain>;

function readZone(content: string): Zone {
  const zone: Zone = {};
  for (const line of joinLines(content)) {
    if (line.startsWith('$')) {
      const [key = '', value = ''] = line.split(/\s+/);
      zone[key.replaceAll('$', '')] = value;
    } else readRecord(line, zone);
  }
  return zone;
}

// What stands in parentheses is one line.
function joinLines(content: string): readonly string[] {
  const lines: string[] = [];
  let open: string | undefined;
  for (const raw of content.split('\n')) {
    const line = (raw.split(';')[0] ?? '').trim();
    if (line === '') continue;
    if (open === undefined && line.includes('(') && !line.includes(')')) open = '';
    if (open === undefined) lines.push(line);
    else open += ` ${line}`;
    if (open?.includes(')') === true) {
      lines.push(open.replaceAll(/[()]/g, ''));
      open = undefined;
    }
  }
  return lines;
}

function readRecord(line: string, zone: Zone): void {
  const origin = typeof zone['ORIGIN'] === 'string' ? zone['ORIGIN'] : '';
  const words = (origin === '' ? line : line.replaceAll('@', origin)).trim().split(/\s+/);
  if (line.includes('SOA')) {
    readAuthority(words, zone);
    return;
  }
  if (words[0] === 'IN') words.unshift(origin);
  const [first = ''] = words;
  const name = first.endsWith('.') || line.includes('NS') ? first : `${first}.${origin}`;
  addRecord(zone, name, words);
}

function addRecord(zone: Zone, name: string, words: readonly string[]): void {
  const word = (index: number): string => words[index] ?? '';
  const add = (kind: string, fact: Plain): void => {
    zone[kind] = { ...(zone[kind] as Record<string, Plain> | undefined), [name]: fact };
  };
  const address = word(3);
  if (word(2) === 'NS') zone['NS'] = [...((zone['NS'] as Plain[] | undefined) ?? []), address];
  else if (word(2) === 'MX') zone['MX'] ??= [{ priority: address, host: word(4) }];
  else if (address === 'A' || address === 'AAAA') add(address, { TARGET: word(4), TTL: word(1) });
  else add(word(2), address);
}

function readAuthority(words: string[], zone: Zone): void {
  if (words[1] !== 'IN') words.splice(1, 1);
  const [origin = '', network = '', , source = '', contact = '', number = '', ...times] = words;
  Object.assign(zone, {
    ORIGIN: origin,
    NETWORK: network,
    SOURCE: source,
    CONTACT: contact.replace('.', '@'),
    SERIAL: number,
  });
  for (const [index, key] of ['REFRESH', 'RETRY', 'EXPIRE', 'MINTTL'].entries())
    zone[key] = seconds(times[index] ?? '');
}

// A week is the most that RFC 1035 allows.
function seconds(written: string): Plain {
  const [, digits, unit = ''] = /^(\d+)([hdwHDW]?)$/.exec(written) ?? [];
  const factors: Readonly<Record<string, number>> = { h: 3600, d: 86_400, w: 604_800 };
  if (digits === undefined) return written;
  return Math.min(Number(digits) * (factors[unit.toLowerCase()] ?? 1), 604_800);
}
