import { AppError, pythonStr, type Dict } from '@brine/common';
import { flag, lineText, oneOf, operand, optional, withDefault, type Host, type ReadHost } from '../../kit/index.ts';
import { runTool } from '../commands/run-tool.ts';
import { makeParents } from '../files/make-parents.ts';

/** Salt's names of the families of addresses, and those of nft. */
const families = {
  ipv4: 'ip',
  ip4: 'ip',
  ip: 'ip',
  ipv6: 'ip6',
  ip6: 'ip6',
  inet: 'inet',
  arp: 'arp',
  bridge: 'bridge',
  netdev: 'netdev',
} as const;

/** A family of addresses as an SLS file names it. */
export type NftFamily = keyof typeof families;

/** The argument that names a family. */
export const familyArgument = withDefault(oneOf(...(Object.keys(families) as NftFamily[])), 'ipv4').describe(
  'Family of addresses: ipv4, ipv6, inet, arp, bridge or netdev.',
);

/** The argument that names a table. */
export const tableArgument = withDefault(operand(), 'filter').describe('The table.');

/** The arguments that keep rules over a restart. */
export const saveArguments = {
  save: withDefault(flag(), false).describe('Whether all rules are written to the file that is loaded at boot.'),
  save_filename: optional(lineText()).describe('Another file to write them to.'),
};

/** A table, and the chain in it that is meant. */
export interface NftPlace {
  readonly family: NftFamily;
  readonly table: string;
}

/** A chain as it is. */
export interface NftChain {
  /** `undefined` for one that hangs on no hook. */
  readonly policy: string | undefined;
  /** Type, hook and priority as nft writes them. */
  readonly base: string | undefined;
  readonly rules: readonly { readonly text: string; readonly handle: string }[];
}

const listing = ['nft', '-n', '-n', '-s', '-a'];

/** How nft names a table. Throws `state-failed` for names that would be something else. */
export function nameOfTable({ family, table }: NftPlace): readonly string[] {
  return [families[family], nftName(table)];
}

/** A name that nft takes for nothing but a name. */
export function nftName(name: string): string {
  if (/^[A-Za-z_/][\w/.\\-]*$/.test(name)) return name;
  throw new AppError({ code: 'state-failed', message: `${name} cannot be the name of a table or chain of nftables` });
}

/** Whether a table is there. */
export async function hasTable(host: ReadHost, place: NftPlace): Promise<boolean> {
  return (await look(host, ['nft', 'list', 'table', ...nameOfTable(place)])) !== undefined;
}

/** A chain as it is; `undefined` when it is not there. */
export async function readChain(host: ReadHost, place: NftPlace, chain: string): Promise<NftChain | undefined> {
  const text = await look(host, [...listing, 'list', 'chain', ...nameOfTable(place), nftName(chain)]);
  return text === undefined ? undefined : parseChain(text);
}

/** The names of a table's chains. */
export async function listChains(host: ReadHost, place: NftPlace): Promise<readonly string[]> {
  const text = (await look(host, ['nft', 'list', 'table', ...nameOfTable(place)])) ?? '';
  return [...text.matchAll(/^\s*chain (\S+) \{/gm)].map(([, name = '']) => name);
}

async function look(host: ReadHost, command: readonly string[]): Promise<string | undefined> {
  const result = await host.inspect({ command, timeout: 60_000 });
  if (result.exitCode === 0) return result.stdout;
  if (/No such file or directory/.test(result.stderr)) return undefined;
  const missing = result.exitCode === 127;
  throw new AppError({
    code: missing ? 'provider-missing' : 'state-failed',
    message: missing ? 'The program nft is not installed' : `nft: ${result.stderr.trim()}`,
  });
}

function parseChain(text: string): NftChain {
  const lines = text.split('\n').map((line) => line.trim());
  const head = /^(type \S+ hook .*?priority .*?);(?: policy (\w+);)?/.exec(
    lines.find((line) => line.startsWith('type ')) ?? '',
  );
  const rules = lines.flatMap((line) => {
    const [, rule, handle] = /^(.*) # handle (\d+)$/.exec(line) ?? [];
    const isRule = rule !== undefined && handle !== undefined && !/^(table|chain) .*\{$/.test(rule);
    return isRule ? [{ text: rule, handle }] : [];
  });
  return { policy: head?.[2], base: head?.[1], rules };
}

/**
 * A rule as nft will tell it once it is there. It is added to a copy of the rules in a network of its own, which ends
 * with the program; where none can be had, the rule is taken as it is written.
 */
export async function canonicalRule(
  host: ReadHost,
  place: NftPlace,
  rule: { readonly chain: string; readonly text: string },
): Promise<string> {
  const [family = '', table = ''] = nameOfTable(place);
  const chain = nftName(rule.chain);
  const rules = (await look(host, ['nft', '-s', 'list', 'ruleset'])) ?? '';
  const script = 'nft -f - && exec "$@"';
  const list = [...listing, 'list', 'chain', family, table, chain];
  const result = await host.inspect({
    command: ['unshare', '--net', 'sh', '-c', script, 'sh', ...list],
    input: `${rules}\nadd rule ${family} ${table} ${chain} ${rule.text}\n`,
    timeout: 60_000,
  });
  const told = result.exitCode === 0 ? parseChain(result.stdout).rules.at(-1)?.text : undefined;
  return told ?? rule.text.replace(/\{ ([^,]+) \}/g, '$1').replace(/\s+/g, ' ');
}

/** Has nft do something; throws `state-failed` with what it complained about. */
export async function changeNft(machine: Host, words: readonly string[]): Promise<void> {
  await runTool(machine, ['nft', '--', words.join(' ')]);
}

const savedFiles: Readonly<Record<string, string>> = {
  RedHat: '/etc/sysconfig/nftables.conf',
  Alpine: '/etc/nftables.nft',
};

/** Writes the rules in force to the file that is loaded at boot, or another. */
export async function saveNft(machine: Host, filename: string | undefined, grains: Dict): Promise<void> {
  const file = filename ?? savedFiles[pythonStr(grains.get('os_family') ?? '')] ?? '/etc/nftables.conf';
  const rules = (await look(machine, ['nft', '-s', 'list', 'ruleset'])) ?? '';
  await makeParents(machine, file, {});
  await machine.files.write(file, Buffer.from(`#!/usr/sbin/nft -f\n\nflush ruleset\n\n${rules}`), { mode: 0o755 });
}
