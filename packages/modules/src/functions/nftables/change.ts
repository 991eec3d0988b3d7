import { z } from 'zod';
import { integer, lineText, oneOf, operand, optional, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import {
  changeNft,
  familyArgument,
  nameOfTable,
  nftName,
  readChain,
  saveNft,
  type NftPlace,
} from '../../providers/firewall/nftables.ts';
import { readText } from '../text-file.ts';
import {
  chainName,
  checkChain,
  checkTable,
  findRule,
  missingPlace,
  no,
  placeText,
  ruleText,
  tableName,
  tryNft,
  type Told,
} from './told.ts';

const table = operand().describe('The table.');

export const newTable = defineFunction({
  name: 'nftables.new_table',
  summary: 'Makes a table.',
  args: z.object({ table, family: familyArgument }),
  examples: ["'*' nftables.new_table filter"],
  async run({ table: name, family }, context) {
    const found = await checkTable(context.host, family, name);
    if (found.result) return found;
    return changeTable(context, { family, table: name }, ['add', 'created']);
  },
});

export const deleteTable = defineFunction({
  name: 'nftables.delete_table',
  summary: 'Removes a table with all that is in it.',
  args: z.object({ table, family: familyArgument }),
  examples: ["'*' nftables.delete_table filter"],
  async run({ table: name, family }, context) {
    const found = await checkTable(context.host, family, name);
    return found.result ? changeTable(context, { family, table: name }, ['delete', 'deleted']) : found;
  },
});

function changeTable(
  context: FunctionContext,
  place: NftPlace,
  [verb, past]: readonly [string, string],
): Promise<Told> {
  const what = `Table ${place.table} in family ${place.family}`;
  const texts = { done: `${what} ${past}`, failed: `${what} could not be ${past}` };
  return tryNft(context, [verb, 'table', ...nameOfTable(place)], texts);
}

const word = (description: string) =>
  optional(lineText().refine((value) => /^[\w -]+$/.test(value), 'must be words')).describe(description);

export const newChain = defineFunction({
  name: 'nftables.new_chain',
  summary: 'Makes a chain; with a type, a hook and a priority one that packets come to.',
  args: z.object({
    table: tableName,
    chain: chainName,
    table_type: word('Type of the chain: filter, nat or route.'),
    hook: word('Where packets come to it: input, output, forward …'),
    priority: word('Its place among others: a number, or a name of nft.'),
    family: familyArgument,
  }),
  examples: [
    "'*' nftables.new_chain filter input",
    "'*' nftables.new_chain filter input table_type=filter hook=input priority=0",
  ],
  async run({ table: name, chain, table_type: type, hook, priority, family }, context) {
    const place = { family, table: name };
    if (chain === undefined) return no('Chain needs to be specified');
    const missing = await missingPlace(context.host, place);
    if (missing !== undefined) return missing;
    const what = `Chain ${chain} in ${placeText(place)}`;
    if ((await checkChain(context.host, place, chain)).result) return no(`${what} already exists`);
    const base = [type, hook, priority];
    const given = base.filter((part) => part !== undefined).length;
    if (given !== 0 && given !== base.length) return no('Table_type, hook, and priority required.');
    const hooked = given === 0 ? [] : [`{ type ${type} hook ${hook} priority ${priority} ; }`];
    const texts = { done: `${what} created`, failed: `${what} could not be created` };
    return tryNft(context, ['add', 'chain', ...nameOfTable(place), nftName(chain), ...hooked], texts);
  },
});

export const deleteChain = defineFunction({
  name: 'nftables.delete_chain',
  summary: 'Removes a chain that is empty.',
  args: z.object({ table: tableName, chain: chainName, family: familyArgument }),
  examples: ["'*' nftables.delete_chain filter input"],
  async run({ table: name, chain, family }, context) {
    const place = { family, table: name };
    if (chain === undefined) return no('Chain needs to be specified');
    const missing = await missingPlace(context.host, place, chain);
    if (missing !== undefined) return missing;
    const what = `Chain ${chain} in ${placeText(place)}`;
    const texts = { done: `${what} deleted`, failed: `${what} could not be deleted` };
    return tryNft(context, ['delete', 'chain', ...nameOfTable(place), nftName(chain)], texts);
  },
});

const ruleArguments = { table: tableName, chain: chainName };

export const append = defineFunction({
  name: 'nftables.append',
  summary: 'Adds a rule at the end of a chain that does not have it.',
  args: z.object({ ...ruleArguments, rule: ruleText, family: familyArgument }),
  examples: ["'*' nftables.append filter input rule='tcp dport 22 log accept'"],
  run: (args, context) => addRule(context, args, ['add', 'rule']),
});

export const insert = defineFunction({
  name: 'nftables.insert',
  summary: 'Puts a rule first in a chain that does not have it, or before the rule with a handle.',
  args: z.object({
    ...ruleArguments,
    position: optional(integer()).describe('Handle of the rule to put it before.'),
    rule: ruleText,
    family: familyArgument,
  }),
  examples: [
    "'*' nftables.insert filter input rule='tcp dport 22 log accept'",
    "'*' nftables.insert filter input position=3 rule='tcp dport 22 log accept'",
  ],
  run: (args, context) => addRule(context, args, ['insert', 'rule'], args.position),
});

async function addRule(
  context: FunctionContext,
  wanted: NftPlace & { readonly chain: string | undefined; readonly rule: string | undefined },
  verb: readonly string[],
  position?: number,
): Promise<Told> {
  const { chain, rule } = wanted;
  if (chain === undefined) return no('Chain needs to be specified');
  if (rule === undefined) return no('Rule needs to be specified');
  const missing = await missingPlace(context.host, wanted, chain);
  if (missing !== undefined) return missing;
  const where = `chain ${chain} in ${placeText(wanted)}`;
  if ((await findRule(context.host, wanted, { chain, rule })).result) return no(`Rule ${rule} ${where} already exists`);
  const at = position === undefined ? [] : ['position', String(position)];
  const texts = { done: `Added rule "${rule}" ${where}.`, failed: `Failed to add rule "${rule}" ${where}.` };
  return tryNft(context, [...verb, ...nameOfTable(wanted), nftName(chain), ...at, rule], texts);
}

export const del = defineFunction({
  name: 'nftables.delete',
  summary: 'Removes a rule, by its text or its handle.',
  args: z.object({
    table,
    chain: chainName,
    position: optional(integer()).describe('Handle of the rule.'),
    rule: ruleText,
    family: familyArgument,
  }),
  examples: [
    "'*' nftables.delete filter input rule='tcp dport 22 log accept'",
    "'*' nftables.delete filter input position=3",
  ],
  async run({ table: name, chain, position, rule, family }, context) {
    const place = { family, table: name };
    if (position !== undefined && rule !== undefined) return no('Only specify a position or a rule, not both');
    if (chain === undefined) return no('Chain needs to be specified');
    const missing = await missingPlace(context.host, place, chain);
    if (missing !== undefined) return missing;
    const found = position === undefined ? await findRule(context.host, place, { chain, rule }) : undefined;
    if (found !== undefined && !found.result) return { comment: found.comment, result: false };
    const handle = position === undefined ? (found?.handle ?? '') : String(position);
    const what = `rule "${rule ?? handle}" in chain ${chain} in ${placeText(place)}`;
    const texts = { done: `Deleted ${what}.`, failed: `Failed to delete ${what}` };
    return tryNft(context, ['delete', 'rule', ...nameOfTable(place), nftName(chain), 'handle', handle], texts);
  },
});

export const flush = defineFunction({
  name: 'nftables.flush',
  summary: 'Removes the rules of a chain, or of all chains of a table.',
  args: z.object({
    table: tableName,
    chain: withDefault(operand(), '').describe('The chain.'),
    family: familyArgument,
  }),
  examples: ["'*' nftables.flush filter", "'*' nftables.flush filter input"],
  async run({ table: name, chain, family }, context) {
    const place = { family, table: name };
    const missing = await missingPlace(context.host, place, chain === '' ? undefined : chain);
    if (missing !== undefined) return missing;
    const where = `from ${chain === '' ? '' : `chain ${chain} in `}${placeText(place)}.`;
    const what = chain === '' ? ['table', ...nameOfTable(place)] : ['chain', ...nameOfTable(place), nftName(chain)];
    const texts = { done: `Flushed rules ${where}`, failed: `Failed to flush rules ${where}` };
    return tryNft(context, ['flush', ...what], texts);
  },
});

export const setPolicy = defineFunction({
  name: 'nftables.set_policy',
  summary: 'Sets what a chain does with a packet that no rule is for; answers whether it could.',
  args: z.object({
    table: tableName,
    chain: chainName,
    policy: optional(oneOf('accept', 'drop')).describe('accept or drop.'),
    family: familyArgument,
  }),
  examples: ["'*' nftables.set_policy filter input accept"],
  async run({ table: name, chain, policy, family }, context) {
    if (chain === undefined) return 'Error: Chain needs to be specified';
    if (policy === undefined) return 'Error: Policy needs to be specified';
    const place = { family, table: name };
    const base = (await readChain(context.host, place, chain))?.base;
    if (base === undefined) return false;
    await changeNft(context.host, ['add', 'chain', ...nameOfTable(place), chain, `{ ${base}; policy ${policy}; }`]);
    return true;
  },
});

export const save = defineFunction({
  name: 'nftables.save',
  summary: 'Writes the rules in force to the file that is loaded at boot, or another; answers what it wrote.',
  args: z.object({
    filename: withDefault(lineText(), '/etc/nftables.conf').describe('The file.'),
    family: familyArgument.describe('Accepted for Salt; the rules of all families are written.'),
  }),
  examples: ["'*' nftables.save /etc/nftables.conf"],
  async run({ filename }, { host, grains }) {
    await saveNft(host, filename, grains);
    return (await readText(host, filename)) ?? '';
  },
});
