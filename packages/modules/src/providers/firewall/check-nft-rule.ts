import type { Applied, CheckOutcome } from '@brine/common';
import { fails, isOk, lineText, operand, optional, willChange, type Host, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { orFailure } from '../or-failure.ts';
import { writeNftRule } from './nft-rule.ts';
import {
  canonicalRule,
  changeNft,
  familyArgument,
  hasTable,
  nameOfTable,
  nftName,
  readChain,
  saveArguments,
  saveNft,
  tableArgument,
  type NftPlace,
} from './nftables.ts';

/** The arguments of the `nftables` states of rules. */
export const nftRuleArguments = {
  name: lineText().describe('Any name.'),
  family: familyArgument,
  table: tableArgument,
  chain: optional(operand()).describe('The chain.'),
  position: optional(lineText()).describe(
    'Number (handle) of the rule that a new one goes before, or that is removed.',
  ),
  ...saveArguments,
};

interface NftRuleWish extends NftPlace {
  readonly name: string;
  readonly chain: string | undefined;
  readonly position: string | undefined;
  readonly save: boolean;
  readonly save_filename: string | undefined;
}

interface Work extends NftRuleWish {
  readonly verb: 'add' | 'insert' | 'delete';
  readonly chain: string;
  readonly rule: string;
  /** As it is shown. */
  readonly command: string;
  /** The handle of the rule that is there. */
  readonly handle: string | undefined;
}

/** Compares a chain of nftables with having (or lacking) a rule. */
export function checkNftRule(
  verb: Work['verb'],
  wish: NftRuleWish,
  context: StateContext,
): Promise<CheckOutcome<Host>> {
  return orFailure(async () => {
    const written = readRule(verb, wish, context);
    if ('wrong' in written) return fails(written.wrong);
    const { chain, rule } = written;
    const command = showCommand(verb, wish, written);
    const found = await findRule(wish, { chain, rule }, context);
    if (typeof found === 'string') return verb === 'delete' ? absent(wish, command) : fails(found);
    const isByNumber = verb === 'delete' && wish.position !== undefined;
    const handle = isByNumber ? found.handles.find((one) => one === wish.position) : found.handle;
    return decide({ ...wish, verb, chain, rule, command, handle }, context);
  });
}

interface WrittenRule {
  readonly chain: string;
  readonly rule: string;
}

function readRule(
  verb: Work['verb'],
  { chain, position }: NftRuleWish,
  context: StateContext,
): WrittenRule | { readonly wrong: string } {
  if (chain === undefined) return { wrong: 'Chain needs to be specified' };
  if (position !== undefined && !/^\d+$/.test(position)) return { wrong: `${position} is not the number of a rule` };
  const written = writeNftRule(context.unknownArguments);
  if ('wrong' in written) return written;
  const isByNumber = verb === 'delete' && position !== undefined;
  if (written.rule === '' && !isByNumber) return { wrong: 'Rule needs to be specified' };
  return { chain, rule: written.rule };
}

function showCommand(verb: Work['verb'], wish: NftRuleWish, { chain, rule }: WrittenRule): string {
  const before = verb === 'insert' && wish.position !== undefined ? [`position ${wish.position}`] : [];
  return ['nft', verb, 'rule', ...nameOfTable(wish), nftName(chain), ...before, rule].join(' ').trim();
}

async function findRule(
  wish: NftRuleWish,
  { chain, rule }: { readonly chain: string; readonly rule: string },
  { host }: StateContext,
): Promise<{ readonly handle: string | undefined; readonly handles: readonly string[] } | string> {
  const { table, family } = wish;
  if (!(await hasTable(host, wish))) return `Table ${table} in family ${family} does not exist`;
  const current = await readChain(host, wish, chain);
  if (current === undefined) return `Chain ${chain} in table ${table} in family ${family} does not exist`;
  const text = rule === '' ? undefined : await canonicalRule(host, wish, { chain, text: rule });
  const handle = current.rules.find((one) => one.text === text || one.text === rule)?.handle;
  return { handle, handles: current.rules.map((one) => one.handle) };
}

function absent({ name, family }: NftRuleWish, command: string): CheckOutcome<Host> {
  return isOk(`nftables rule for ${name} already absent for ${family} (${command})`);
}

function decide(work: Work, context: StateContext): CheckOutcome<Host> {
  const { name, family, command, verb, handle } = work;
  if (verb === 'delete' && handle === undefined) return absent(work, command);
  if (verb !== 'delete' && handle !== undefined)
    return isOk(
      verb === 'add'
        ? `nftables rule for ${name} already set (${command}) for ${family}`
        : `nftables rule for ${name} already set for ${family} (${command})`,
    );
  const wish = verb === 'delete' ? 'needs to be deleted' : 'needs to be set';
  const comment =
    verb === 'add'
      ? `nftables rule for ${name} ${wish} (${command}) for ${family}`
      : `nftables rule for ${name} ${wish} for ${family} (${command})`;
  const failure = `Failed to ${verb === 'delete' ? 'delete' : 'set'} nftables rule for ${name}.\nAttempted rule was ${command} for ${family}`;
  return willChange({ comment, changes: { locale: name } }, (machine) =>
    attempt(failure, () => apply(work, machine, context)),
  );
}

async function apply(work: Work, machine: Host, { grains }: StateContext): Promise<Applied> {
  const { name, family, command, verb, handle, save } = work;
  const target = [...nameOfTable(work), nftName(work.chain)];
  const place = verb === 'insert' && work.position !== undefined ? ['position', work.position] : [];
  const words = verb === 'delete' ? ['handle', handle ?? ''] : [...place, work.rule];
  await changeNft(machine, [verb, 'rule', ...target, ...words]);
  if (save) await saveNft(machine, work.save_filename, grains);
  const saved = save ? ' and Saved' : '';
  const comment =
    verb === 'delete'
      ? `Delete${save ? 'd and Saved' : ''} nftables rule for ${name} ${command}`
      : `Set${saved} nftables rule for ${name} to: ${command} for ${family}`;
  return { comment, changes: { locale: name } };
}
