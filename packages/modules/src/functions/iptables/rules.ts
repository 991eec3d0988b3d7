import type { Plain } from '@brine/common';
import { z } from 'zod';
import { integer, lineText, optional, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction, type FunctionDeclaration } from '../../kit/define-function.ts';
import {
  changeRules,
  hasRule,
  iptablesArguments,
  iptablesProgram,
  readTable,
  savedRulesFile,
  saveRules,
  type Place,
} from '../../providers/firewall/iptables.ts';
import { splitWords } from '../split-words.ts';
import { complaintOf, readOutput } from '../run-program.ts';

const { table, family } = iptablesArguments;
const chain = lineText()
  .refine((value) => /^[^-\s!][^\s]*$/.test(value), 'must be the name of a chain')
  .describe('The chain.');
const rule = lineText().describe('The rule, in words of iptables: `-m state --state NEW -j ACCEPT`.');

export const version = defineFunction({
  name: 'iptables.version',
  summary: 'The version of iptables.',
  args: z.object({ family }),
  examples: ["'*' iptables.version"],
  async run({ family: wanted }, context) {
    const program = await iptablesProgram(context.host, wanted);
    return (await readOutput(context, [program, '--version'])).split(/\s+/)[1] ?? '';
  },
});

export const getPolicy = defineFunction({
  name: 'iptables.get_policy',
  summary: 'What happens to packets that no rule of a chain is about; null for a chain without a policy.',
  args: z.object({ table, chain, family }),
  examples: ["'*' iptables.get_policy filter INPUT"],
  async run(args, { host }) {
    const found = (await readTable(host, args)).get(args.chain)?.policy;
    return found === undefined || found === '-' ? null : found;
  },
});

export const setPolicy = defineFunction({
  name: 'iptables.set_policy',
  summary: 'Sets what happens to packets that no rule of a chain is about.',
  args: z.object({ table, chain, policy: lineText().describe('ACCEPT, DROP …'), family }),
  examples: ["'*' iptables.set_policy filter INPUT ACCEPT"],
  run: (args, context) => change(context, args, ['-P', args.chain, args.policy]),
});

export const getRules = defineFunction({
  name: 'iptables.get_rules',
  summary: 'The rules in force: table → chain → policy and rules, in words of iptables.',
  args: z.object({ family }),
  examples: ["'*' iptables.get_rules"],
  async run({ family: wanted }, { host }) {
    const tables = ['filter', 'nat', 'mangle', 'raw'];
    const found = await Promise.all(
      tables.map(async (name): Promise<[string, Plain]> => {
        const chains = await readTable(host, { table: name, family: wanted });
        return [name, Object.fromEntries(Array.from(chains, ([key, value]) => [key, { ...value }]))];
      }),
    );
    return Object.fromEntries(found);
  },
});

export const check = defineFunction({
  name: 'iptables.check',
  summary: 'Whether a rule is in a chain.',
  args: z.object({ table, chain, rule, family }),
  examples: ["'*' iptables.check filter INPUT rule='-m state --state RELATED,ESTABLISHED -j ACCEPT'"],
  run: (args, { host }) => hasRule(host, args, args.chain, args.rule),
});

export const checkChain = defineFunction({
  name: 'iptables.check_chain',
  summary: 'Whether a table has a chain.',
  args: z.object({ table, chain, family }),
  examples: ["'*' iptables.check_chain filter INPUT"],
  run: async (args, { host }) => (await readTable(host, args)).has(args.chain),
});

export const newChain = chainFunction('iptables.new_chain', 'Makes a chain', '-N');
export const deleteChain = chainFunction('iptables.delete_chain', 'Removes a chain', '-X');

function chainFunction(name: string, summary: string, option: string): FunctionDeclaration {
  return defineFunction({
    name,
    summary: `${summary}; answers true, or what iptables complained about.`,
    args: z.object({ table, chain, family }),
    examples: [`'*' ${name} filter CUSTOM_CHAIN`],
    run: (args, context) => change(context, args, [option, args.chain]),
  });
}

export const append = defineFunction({
  name: 'iptables.append',
  summary: 'Adds a rule at the end of a chain; false when the chain has it.',
  args: z.object({ table, chain, rule, family }),
  examples: ["'*' iptables.append filter INPUT rule='-m state --state RELATED,ESTABLISHED -j ACCEPT'"],
  async run(args, context) {
    if (await hasRule(context.host, args, args.chain, args.rule)) return false;
    return change(context, args, ['-A', args.chain, ...splitWords(args.rule)]);
  },
});

export const insert = defineFunction({
  name: 'iptables.insert',
  summary: 'Adds a rule at a place in a chain; true when the chain has it.',
  args: z.object({ table, chain, position: integer().describe('The place, from 1.'), rule, family }),
  examples: ["'*' iptables.insert filter INPUT position=3 rule='-m state --state RELATED,ESTABLISHED -j ACCEPT'"],
  async run(args, context) {
    if (await hasRule(context.host, args, args.chain, args.rule)) return true;
    if (args.position === 0) return 'Error: Position needs to be specified or use append (-A)';
    return change(context, args, ['-I', args.chain, String(args.position), ...splitWords(args.rule)]);
  },
});

export const del = defineFunction({
  name: 'iptables.delete',
  summary: 'Removes a rule, or the one at a place; answers true, or what iptables complained about.',
  args: z.object({
    table,
    chain,
    position: optional(integer()).describe('The place.'),
    rule: optional(rule).describe('The rule.'),
    family,
  }),
  examples: ["'*' iptables.delete filter INPUT position=3", "'*' iptables.delete filter INPUT rule='-j ACCEPT'"],
  run(args, context) {
    if ((args.position === undefined) === (args.rule === undefined))
      return 'Error: Only specify a position or a rule, not both';
    const what = args.rule === undefined ? [String(args.position)] : splitWords(args.rule);
    return change(context, args, ['-D', args.chain, ...what]);
  },
});

export const flush = defineFunction({
  name: 'iptables.flush',
  summary: 'Removes the rules of a chain, or of a whole table.',
  args: z.object({ table, chain: optional(chain).describe('The chain; all unless given.'), family }),
  examples: ["'*' iptables.flush filter INPUT"],
  run: (args, context) => change(context, args, ['-F', ...(args.chain === undefined ? [] : [args.chain])]),
});

export const save = defineFunction({
  name: 'iptables.save',
  summary: 'Writes the rules in force to the file that is loaded at boot, or to another.',
  args: z.object({ filename: withDefault(lineText(), '').describe('Path of the file.'), family }),
  examples: ["'*' iptables.save /etc/sysconfig/iptables"],
  run: ({ filename, family: wanted }, { host, grains }) =>
    saveRules(host, savedRulesFile(filename === '' ? true : filename, wanted, grains), wanted),
});

async function change(context: FunctionContext, place: Place, words: readonly string[]): Promise<Plain> {
  try {
    await changeRules(context.host, { table: place.table, family: place.family }, words);
    return true;
  } catch (error) {
    return complaintOf(error, context);
  }
}
