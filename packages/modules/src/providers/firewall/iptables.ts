import { AppError, pythonStr, type Dict, type Value } from '@brine/common';
import { splitWords } from '../../functions/split-words.ts';
import { operand, oneOf, optional, anyValue, withDefault, type Host, type ReadHost } from '../../kit/index.ts';
import { runTool, toolFailure } from '../commands/run-tool.ts';
import { makeParents } from '../files/make-parents.ts';

/** The families of addresses. */
export type Family = 'ipv4' | 'ipv6';

/** The arguments of all `iptables` states. */
export const iptablesArguments = {
  table: withDefault(operand(), 'filter').describe('The table: filter, nat, mangle, raw or security.'),
  family: withDefault(oneOf('ipv4', 'ipv6'), 'ipv4').describe('ipv4 or ipv6.'),
};

/** The argument that keeps rules over a restart. */
export const saveArgument = optional(anyValue()).describe(
  'Whether all rules are written to the file that is loaded at boot, or the path of another file.',
);

/** Where a rule or chain is. */
export interface Place {
  readonly table: string;
  readonly family: Family;
}

/** The program for a family, with its path. Throws `provider-missing` when it is not installed. */
export async function iptablesProgram(host: ReadHost, family: Family): Promise<string> {
  const name = family === 'ipv6' ? 'ip6tables' : 'iptables';
  const path = await host.which(name);
  if (path !== undefined) return path;
  throw new AppError({ code: 'provider-missing', message: `The program ${name} is not installed` });
}

/** Whether a rule is in a chain. */
export async function hasRule(host: ReadHost, place: Place, chain: string, rule: string): Promise<boolean> {
  const command = [await iptablesProgram(host, place.family), '--wait', '-t', place.table, '-C', chain];
  return (await host.inspect({ command: [...command, ...splitWords(rule)], timeout: 60_000 })).exitCode === 0;
}

/** Has the program do something; throws `state-failed` with what it complained about. */
export async function changeRules(machine: Host, place: Place, words: readonly string[]): Promise<void> {
  const program = await iptablesProgram(machine, place.family);
  await runTool(machine, [program, '--wait', '-t', place.table, ...words]);
}

/** The policies of a table's chains (`-` of those that users made), and their rules. */
export async function readTable(
  host: ReadHost,
  { table, family }: Place,
): Promise<ReadonlyMap<string, { readonly policy: string; readonly rules: readonly string[] }>> {
  const lines = (await savedForm(host, family, ['-t', table])).split('\n');
  const chains = lines.flatMap((line) => {
    const [, name = '', policy = ''] = /^:(\S+) (\S+)/.exec(line) ?? [];
    return name === ''
      ? []
      : [[name, { policy, rules: lines.filter((each) => each.startsWith(`-A ${name} `)) }] as const];
  });
  return new Map(chains);
}

async function savedForm(host: ReadHost, family: Family, words: readonly string[] = []): Promise<string> {
  const program = `${await iptablesProgram(host, family)}-save`;
  const command = [program, ...words];
  const result = await host.inspect({ command, timeout: 60_000 });
  if (result.exitCode === 0) return result.stdout;
  throw toolFailure(command, result);
}

/** The file that `save` means: the one named, or that of this distribution. */
export function savedRulesFile(save: Value, family: Family, grains: Dict): string {
  if (save !== true) return rulesPath(pythonStr(save));
  const file = savedFiles[pythonStr(grains.get('os_family') ?? '')] ?? savedFiles[pythonStr(grains.get('os') ?? '')];
  if (file === undefined)
    throw new AppError({ code: 'provider-missing', message: 'No file of saved rules is known for this system' });
  return file[family];
}

function rulesPath(path: string): string {
  if (path.startsWith('/') && !/[\n\0]/.test(path)) return path;
  throw new AppError({
    code: 'state-failed',
    message: `The file of saved rules must be an absolute path, not ${path}`,
  });
}

const savedFiles: Readonly<Record<string, Readonly<Record<Family, string>>>> = {
  Debian: { ipv4: '/etc/iptables/rules.v4', ipv6: '/etc/iptables/rules.v6' },
  RedHat: { ipv4: '/etc/sysconfig/iptables', ipv6: '/etc/sysconfig/ip6tables' },
  Arch: { ipv4: '/etc/iptables/iptables.rules', ipv6: '/etc/iptables/ip6tables.rules' },
  Alpine: { ipv4: '/etc/iptables/rules-save', ipv6: '/etc/iptables/rules6-save' },
  Gentoo: { ipv4: '/var/lib/iptables/rules-save', ipv6: '/var/lib/ip6tables/rules-save' },
  Suse: {
    ipv4: '/etc/sysconfig/scripts/SuSEfirewall2-custom',
    ipv6: '/etc/sysconfig/scripts/SuSEfirewall2-custom',
  },
};

/** Whether a file has the rules that are in force; counters and comments do not count. */
export async function isSaved(host: ReadHost, file: string, family: Family): Promise<boolean> {
  const saved = Buffer.from((await host.files.read(file)) ?? '').toString('utf8');
  return bare(saved) === bare(await savedForm(host, family));
}

function bare(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => line.replace(/ \[\d+:\d+\]$/, '')).join('\n');
}

/** Writes the rules in force to a file. */
export async function saveRules(machine: Host, file: string, family: Family): Promise<string> {
  const text = await savedForm(machine, family);
  await makeParents(machine, file, {});
  await machine.files.write(file, Buffer.from(text));
  return `Wrote ${text.split('\n').length - 1} lines to "${file}"`;
}
