import type { Plain, Value } from '@brine/common';
import { z } from 'zod';
import { anyValue, flag, lineText, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { iptablesArguments, iptablesProgram, savedRulesFile } from '../../providers/firewall/iptables.ts';
import { writeRule } from '../../providers/firewall/iptables-rule.ts';
import { failure } from '../failure.ts';
import { readText } from '../text-file.ts';

export const buildRule = defineFunction({
  name: 'iptables.build_rule',
  summary: 'A rule in words of iptables, made of its parts; with `full` the whole command.',
  args: z.object({
    table: withDefault(lineText(), 'filter').describe('The table.'),
    chain: optional(lineText()).describe('The chain.'),
    command: optional(lineText()).describe('What is done with the rule: A, I, D …'),
    position: withDefault(text(), '').describe('Where in the chain it goes.'),
    full: withDefault(flag(), false).describe('Answer the whole command.'),
    family: iptablesArguments.family,
    options: anyValue().describe('The parts of the rule, by name: `dport`, `proto`, `jump`.'),
  }),
  keywords: 'options',
  examples: [
    "'*' iptables.build_rule match=state connstate=RELATED,ESTABLISHED jump=ACCEPT",
    "'*' iptables.build_rule filter INPUT command=A full=True dport=22 proto=tcp jump=ACCEPT",
  ],
  async run(args, { host }) {
    const written = writeRule(args.options instanceof Map ? args.options : new Map<Value, Value>());
    if ('wrong' in written) return written.wrong;
    if (!args.full) return written.rule;
    if (args.table === '') return 'Error: Table needs to be specified';
    if (args.chain === undefined) return 'Error: Chain needs to be specified';
    if (args.command === undefined) return 'Error: Command needs to be specified';
    const program = await iptablesProgram(host, args.family);
    const path = (await host.which(program)) ?? program;
    const dash = 'ACDIRLSFZNXPE'.includes(args.command) ? '-' : '--';
    const place = `-t ${args.table} ${dash}${args.command} ${args.chain} ${args.position}`;
    return `${path} --wait ${place} ${written.rule}`;
  },
});

const confFile = optional(text()).describe('The file; the usual one of the system unless given.');

export const getSavedRules = defineFunction({
  name: 'iptables.get_saved_rules',
  summary: 'The rules of the saved file: table → chain → policy and rules, in words of iptables.',
  args: z.object({ conf_file: confFile, family: iptablesArguments.family }),
  examples: ["'*' iptables.get_saved_rules"],
  run: async (args, context) => describe(await readSaved(context, args)),
});

export const getSavedPolicy = defineFunction({
  name: 'iptables.get_saved_policy',
  summary: 'The policy of a chain in the saved file; null when it has none.',
  args: z.object({
    table: withDefault(lineText(), 'filter').describe('The table.'),
    chain: optional(lineText()).describe('The chain.'),
    conf_file: confFile,
    family: iptablesArguments.family,
  }),
  examples: ["'*' iptables.get_saved_policy filter INPUT"],
  async run(args, context) {
    if (args.chain === undefined) return 'Error: Chain needs to be specified';
    return (await readSaved(context, args)).get(args.table)?.get(args.chain)?.policy ?? null;
  },
});

interface Chain {
  readonly policy: string | undefined;
  readonly rules: string[];
}

type Tables = ReadonlyMap<string, ReadonlyMap<string, Chain>>;

async function readSaved(
  { host, grains }: FunctionContext,
  { conf_file: given, family }: { readonly conf_file: string | undefined; readonly family: 'ipv4' | 'ipv6' },
): Promise<Tables> {
  const path = savedRulesFile(given ?? true, family, grains);
  const content = await readText(host, path);
  if (content === undefined) throw failure(`${path} does not exist: no rules were saved`);
  const tables = new Map<string, Map<string, Chain>>();
  let table = new Map<string, Chain>();
  for (const line of content.split('\n')) {
    const [, name] = /^\*(\S+)/.exec(line) ?? [];
    const [, chain, policy] = /^:(\S+) (\S+)/.exec(line) ?? [];
    const [, owner] = /^-A (\S+)/.exec(line) ?? [];
    if (name !== undefined) {
      table = new Map();
      tables.set(name, table);
    }
    if (chain !== undefined) table.set(chain, { policy: policy === '-' ? undefined : policy, rules: [] });
    if (owner !== undefined) table.get(owner)?.rules.push(line.trim());
  }
  return tables;
}

function describe(tables: Tables): Plain {
  const shown = (chain: Chain): Plain => ({ policy: chain.policy ?? '-', rules: [...chain.rules] });
  return Object.fromEntries(
    [...tables].map(([name, chains]) => [
      name,
      Object.fromEntries([...chains].map(([chain, facts]) => [chain, shown(facts)])),
    ]),
  );
}
