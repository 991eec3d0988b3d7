import { isDict, type Applied, type CheckOutcome, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import {
  fails,
  integer,
  isOk,
  lineText,
  operand,
  optional,
  valueList,
  willChange,
  type Host,
  type StateContext,
} from '../../kit/index.ts';
import { splitWords } from '../../functions/split-words.ts';
import { attempt } from '../commands/attempt.ts';
import {
  changeRules,
  hasRule,
  iptablesArguments,
  iptablesProgram,
  isSaved,
  readTable,
  saveArgument,
  savedRulesFile,
  saveRules,
  type Family,
  type Place,
} from './iptables.ts';
import { writeRule } from './iptables-rule.ts';

/** The arguments of the states of rules, but for `name`. */
export const ruleArguments = {
  ...iptablesArguments,
  chain: optional(operand()).describe('The chain.'),
  position: optional(integer()).describe('Number of the place in the chain; negative numbers count from its end.'),
  save: saveArgument,
  rules: optional(valueList()).describe('Several rules, each a dict of these arguments, in place of one.'),
};

/** What a state of a rule was given. */
export interface RuleWish {
  readonly name: string;
  readonly table: string;
  readonly family: Family;
  readonly chain: string | undefined;
  readonly position: number | undefined;
  readonly save: Value | undefined;
  readonly rules: readonly Value[] | undefined;
}

type Verb = 'append' | 'insert' | 'delete';

const letters: Readonly<Record<Verb, string>> = { append: 'A', insert: 'I', delete: 'D' };
const oneRule = z.object({ name: optional(lineText()), ...ruleArguments });

/** Compares a chain with having (or lacking) a rule, or each of several. */
export async function checkRule(verb: Verb, wish: RuleWish, context: StateContext): Promise<CheckOutcome<Host>> {
  if (wish.rules === undefined) return checkOne(verb, { ...wish, options: context.unknownArguments }, context);
  const outcomes: CheckOutcome<Host>[] = [];
  for (const [index, rule] of wish.rules.entries()) {
    const parsed = isDict(rule) ? readOne(rule) : undefined;
    if (parsed === undefined) return fails(`Rule ${index + 1} is not a dict of arguments of a rule`);
    outcomes.push(await checkOne(verb, { ...parsed, name: parsed.name ?? wish.name, options: rule as Dict }, context));
  }
  return joinOutcomes(outcomes);
}

function readOne(rule: Dict): z.infer<typeof oneRule> | undefined {
  const names = Object.keys(oneRule.shape);
  return oneRule.safeParse(Object.fromEntries(names.map((name) => [name, rule.get(name)]))).data;
}

function joinOutcomes(outcomes: readonly CheckOutcome<Host>[]): CheckOutcome<Host> {
  const failed = outcomes.find(({ kind }) => kind === 'fail');
  if (failed !== undefined) return failed;
  const comments = outcomes.map((one) => (one.kind === 'change' ? one.pending.comment : one.comment));
  const changing = outcomes.filter((one) => one.kind === 'change');
  if (changing.length === 0) return isOk(comments.join('\n'));
  const locale = changing.flatMap(({ pending }) => [pending.changes['locale'] ?? []].flat());
  const changes = { locale };
  return willChange({ comment: comments.join('\n'), changes }, async (machine) => {
    const done: string[] = [];
    for (const one of outcomes) {
      const applied = one.kind === 'change' ? await one.apply(machine) : undefined;
      done.push(applied?.comment ?? (one.kind === 'change' ? '' : one.comment));
      if (applied?.failed === true) return { comment: done.join('\n'), changes: {}, failed: true };
    }
    return { comment: done.join('\n'), changes };
  });
}

interface OneRule extends Omit<RuleWish, 'rules'> {
  readonly options: Dict;
}

interface Work extends Place {
  readonly name: string;
  readonly chain: string;
  readonly verb: Verb;
  readonly rule: string;
  readonly position: number | undefined;
  /** As Salt shows it. */
  readonly command: string;
  readonly saveTo: string | undefined;
}

async function checkOne(verb: Verb, wish: OneRule, context: StateContext): Promise<CheckOutcome<Host>> {
  const { chain, table, family, position } = wish;
  if (chain === undefined) return fails('Error: Chain needs to be specified');
  if (verb === 'insert' && position === undefined)
    return fails('Error: Position needs to be specified or use append (-A)');
  const written = writeRule(wish.options);
  if ('wrong' in written) return fails(written.wrong);
  const { rule } = written;
  if (rule === '' && position === undefined) return fails('Error: Rule needs to be specified');
  const program = await iptablesProgram(context.host, family);
  const command = `${program} --wait -t ${table} -${letters[verb]} ${chain} ${position ?? ''} ${rule}`.trim();
  const saveTo = saveFile(wish, context);
  const work: Work = { name: wish.name, table, family, chain, verb, rule, position, command, saveTo };
  const isThere = rule !== '' && (await hasRule(context.host, work, chain, rule));
  const isDone = verb === 'delete' ? !isThere && position === undefined : isThere;
  return isDone ? settled(work, context) : change(work);
}

function saveFile({ save, family }: OneRule, { grains }: StateContext): string | undefined {
  return save === undefined || save === null || save === false ? undefined : savedRulesFile(save, family, grains);
}

async function settled(work: Work, { host }: StateContext): Promise<CheckOutcome<Host>> {
  const { name, family, command, verb, saveTo } = work;
  const comment = {
    append: `iptables rule for ${name} already set (${command}) for ${family}`,
    insert: `iptables rule for ${name} already set for ${family} (${command})`,
    delete: `iptables rule for ${name} already absent for ${family} (${command})`,
  }[verb];
  if (verb === 'delete' || saveTo === undefined || (await isSaved(host, saveTo, family))) return isOk(comment);
  const changes = { saved: saveTo };
  return willChange({ comment: `${comment}\nThe rules are set to be saved to ${saveTo}`, changes }, (machine) =>
    attempt('Failed to save the rules', async () => {
      const said = await saveRules(machine, saveTo, family);
      return { comment: `${comment}\nSaved iptables rule ${name} for ${family}\n${command}\n${said}`, changes };
    }),
  );
}

function change(work: Work): CheckOutcome<Host> {
  const { name, family, command, verb } = work;
  const changes = { locale: name };
  const comment = {
    append: `iptables rule for ${name} needs to be set (${command}) for ${family}`,
    insert: `iptables rule for ${name} needs to be set for ${family} (${command})`,
    delete: `iptables rule for ${name} needs to be deleted for ${family} (${command})`,
  }[verb];
  const failure = `Failed to ${verb === 'delete' ? 'delete' : 'set'} iptables rule for ${name}.\nAttempted rule was ${command} for ${family}`;
  return willChange({ comment, changes }, (machine) =>
    attempt(failure, async () => {
      await changeRules(machine, work, await wordsOf(machine, work));
      return { comment: await finish(machine, work), changes };
    }),
  );
}

async function wordsOf(machine: Host, work: Work): Promise<readonly string[]> {
  const { verb, chain, rule, position } = work;
  const words = splitWords(rule);
  if (verb === 'append') return ['-A', chain, ...words];
  if (verb === 'delete') return ['-D', chain, ...(position === undefined ? words : [String(position)])];
  return ['-I', chain, String(await fromEnd(machine, work)), ...words];
}

async function fromEnd(machine: Host, { position = 1, chain, ...place }: Work): Promise<number> {
  if (position >= 0) return position;
  const size = (await readTable(machine, place)).get(chain)?.rules.length ?? 0;
  return Math.max(1, size + position + 1);
}

async function finish(machine: Host, { name, family, command, verb, saveTo }: Work): Promise<Applied['comment']> {
  if (saveTo === undefined)
    return verb === 'delete'
      ? `Delete iptables rule for ${name} ${command}`
      : `Set iptables rule for ${name} to: ${command} for ${family}`;
  const said = await saveRules(machine, saveTo, family);
  return `${verb === 'delete' ? 'Deleted' : 'Set'} and saved iptables rule ${name} for ${family}\n${command}\n${said}`;
}
