import { isDict, pythonStr, toValue, type Dict, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import { dict, flag, lineText, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { familyArgument, nameOfTable, readChain, type NftFamily } from '../../providers/firewall/nftables.ts';
import { writeNftRule } from '../../providers/firewall/nft-rule.ts';
import { splitLines } from '../../providers/text/unified-diff.ts';
import { failure } from '../failure.ts';
import { readText } from '../text-file.ts';
import { chainName, checkChain, checkTable, findRule, requireNft, ruleText, tableName, tableOrNone } from './told.ts';
import { readJson } from '../../providers/commands/read-json.ts';

const numeric = ['--numeric', '--numeric', '--numeric'];

export const version = defineFunction({
  name: 'nftables.version',
  summary: 'The version of nft.',
  args: z.object({}),
  examples: ["'*' nftables.version"],
  run: async (_args, context) => (await nft(context, ['--version'])).split(/\s+/)[1] ?? '',
});

export const listTables = defineFunction({
  name: 'nftables.list_tables',
  summary: 'The tables of a family.',
  args: z.object({ family: familyArgument }),
  examples: ["'*' nftables.list_tables", "'*' nftables.list_tables family=ipv6"],
  run: ({ family }, context) => tablesOf(context, family),
});

export const getRules = defineFunction({
  name: 'nftables.get_rules',
  summary: 'The tables of a family with their rules, each as nft writes it.',
  args: z.object({ family: familyArgument }),
  examples: ["'*' nftables.get_rules", "'*' nftables.get_rules family=ipv6"],
  async run({ family }, context) {
    const names = (await tablesOf(context, family)).map((table) => pythonStr(table.get('name') ?? ''));
    return Promise.all(
      names.map((table) => nft(context, [...numeric, 'list', 'table', ...nameOfTable({ family, table })])),
    );
  },
});

export const getRulesJson = defineFunction({
  name: 'nftables.get_rules_json',
  summary: 'The rules of a family as nft tells them for programs.',
  args: z.object({ family: familyArgument }),
  examples: ["'*' nftables.get_rules_json", "'*' nftables.get_rules_json family=ipv6"],
  run: ({ family }, context) => askJson(context, ['list', 'ruleset', familyName(family)]),
});

export const getSavedRules = defineFunction({
  name: 'nftables.get_saved_rules',
  summary: 'The lines of a file of rules that say something.',
  args: z.object({ conf_file: withDefault(text(), '/etc/nftables.conf').describe('The file.') }),
  examples: ["'*' nftables.get_saved_rules"],
  async run({ conf_file: file }, { host }) {
    const content = await readText(host, file);
    if (content === undefined) throw failure(`No such file or directory: '${file}'`);
    return splitLines(content).filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  },
});

export const checkTableFunction = defineFunction({
  name: 'nftables.check_table',
  summary: 'Whether a table is there.',
  args: z.object({ table: tableOrNone, family: familyArgument }),
  examples: ["'*' nftables.check_table nat"],
  run: ({ table, family }, { host }) => checkTable(host, family, table),
});

export const checkChainFunction = defineFunction({
  name: 'nftables.check_chain',
  summary: 'Whether a chain is there.',
  args: z.object({ table: tableName, chain: chainName, family: familyArgument }),
  examples: ["'*' nftables.check_chain filter input"],
  run: ({ table, chain, family }, { host }) => checkChain(host, { family, table }, chain),
});

export const check = defineFunction({
  name: 'nftables.check',
  summary: 'Whether a rule is in a chain.',
  args: z.object({ table: tableName, chain: chainName, rule: ruleText, family: familyArgument }),
  examples: ["'*' nftables.check filter input rule='tcp dport 22 log accept'"],
  async run({ table, chain, rule, family }, { host }) {
    const { comment, result } = await findRule(host, { family, table }, { chain, rule });
    return { comment, result };
  },
});

export const getRuleHandle = defineFunction({
  name: 'nftables.get_rule_handle',
  summary: 'The handle of a rule in a chain.',
  args: z.object({ table: tableName, chain: chainName, rule: ruleText, family: familyArgument }),
  examples: ["'*' nftables.get_rule_handle filter input rule='tcp dport 22 log accept'"],
  async run({ table, chain, rule, family }, { host }): Promise<Plain> {
    const { comment, result, handle } = await findRule(host, { family, table }, { chain, rule });
    return handle === undefined ? { comment, result } : { result, handle };
  },
});

export const getPolicy = defineFunction({
  name: 'nftables.get_policy',
  summary: 'What a chain does with a packet that no rule is for; null for one that hangs on no hook.',
  args: z.object({ table: tableName, chain: chainName, family: familyArgument }),
  examples: ["'*' nftables.get_policy filter input"],
  async run({ table, chain, family }, { host }) {
    if (chain === undefined) return 'Error: Chain needs to be specified';
    return (await readChain(host, { family, table }, chain))?.policy ?? null;
  },
});

export const buildRule = defineFunction({
  name: 'nftables.build_rule',
  summary: 'Writes a rule from its options, with `full` the whole command.',
  args: z.object({
    table: tableOrNone,
    chain: chainName,
    command: optional(lineText()).describe('insert, add or delete.'),
    position: withDefault(lineText(), '').describe('Position of a rule to insert.'),
    full: withDefault(flag(), false).describe('Write the whole command.'),
    family: familyArgument,
    options: dict().describe('Options of the rule: if, of, connstate, proto, saddr, dport, jump …'),
  }),
  keywords: 'options',
  examples: ["'*' nftables.build_rule connstate=related,established jump=accept"],
  run({ table, chain, command, position, full, family, options }): Plain {
    const written = writeNftRule(withoutMatch(options));
    if ('wrong' in written) return { comment: written.wrong, rule: '', result: false };
    const { rule } = written;
    if (!full) return { comment: rule === '' ? '' : 'Successfully built rule', rule, result: true };
    const missing = { Table: table, Chain: chain, Command: command };
    const absent = Object.entries(missing).find(([, value]) => value === undefined)?.[0];
    if (absent !== undefined) return { comment: `${absent} needs to be specified`, rule, result: false };
    const verb = String(command).toLowerCase() === 'insert' ? 'insert' : String(command);
    const where = ['nft', verb, 'rule', familyName(family), table, chain];
    const at = verb === 'insert' && position !== '' ? ['position', position] : [];
    return { comment: 'Successfully built rule', rule: [...where, ...at, rule].join(' '), result: true };
  },
});

// `match=state` of iptables says nothing here, and its `state` is `connstate`.
function withoutMatch(options: Dict): Dict {
  const kept = [...options].filter(([key]) => key !== 'match');
  return new Map(kept.map(([key, value]): [Value, Value] => [key === 'state' ? 'connstate' : key, value]));
}

function familyName(family: NftFamily): string {
  return nameOfTable({ family, table: 'filter' })[0] ?? '';
}

async function tablesOf(context: FunctionContext, family: NftFamily): Promise<readonly Dict[]> {
  const found = await askJson(context, ['list', 'tables', familyName(family)]);
  return found.flatMap((item) => {
    const table = isDict(item) ? (item.get('table') ?? null) : null;
    return isDict(table) ? [table] : [];
  });
}

async function askJson(context: FunctionContext, words: readonly string[]): Promise<Value[]> {
  const said = await nft(context, ['--json', ...numeric, ...words]);
  if (said === '') return [];
  const { nftables = [] } = readJson('nft', said) as { readonly nftables?: Plain[] };
  return nftables.map(toValue);
}

async function nft(context: FunctionContext, words: readonly string[]): Promise<string> {
  await requireNft(context.host);
  const command = ['nft', ...words];
  const { exitCode, stdout, stderr } = await context.host.inspect({ command, signal: context.signal, timeout: 60_000 });
  if (exitCode !== 0) throw failure(`nft: ${stderr.trim()}`);
  return stdout.trimEnd();
}
