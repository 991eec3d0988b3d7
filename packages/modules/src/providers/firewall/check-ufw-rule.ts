import { isAppError, type CheckOutcome } from '@brine/common';
import { isOk, willChange, type Host, type ReadHost, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { orFailure } from '../or-failure.ts';
import { changeUfw, ufwRuleWords, wouldAddRule, wouldDeleteRule, type UfwRule } from './ufw.ts';

/** Compares the rules of ufw with having this one. */
export function checkUfwRule(
  name: string,
  rule: UfwRule,
  { host }: Pick<StateContext, 'host'>,
): Promise<CheckOutcome<Host>> {
  return orFailure(async () => {
    const { words, isThere } = await foresee(host, rule);
    if (isThere) return isOk(`${name} is already configured`);
    const changes = { rule: words.join(' ') };
    return willChange({ comment: `${name} would have been configured`, changes }, (machine) =>
      attempt('', async () => {
        const [, verb = 'added'] = /^Rules? (inserted|updated)/m.exec(await changeUfw(machine, words)) ?? [];
        return { comment: `${name} ${verb}`, changes };
      }),
    );
  });
}

/** Compares the rules of ufw with lacking this one. */
export function checkUfwRuleAbsent(
  name: string,
  rule: UfwRule,
  { host }: Pick<StateContext, 'host'>,
): Promise<CheckOutcome<Host>> {
  return orFailure(async () => {
    const words = ['delete', ...ufwRuleWords(rule)];
    if (!(await wouldDeleteRule(host, ufwRuleWords(rule)))) return isOk(`${name} is already absent`);
    const changes = { rule: words.join(' ') };
    return willChange({ comment: `${name} would have been removed`, changes }, (machine) =>
      attempt('', async () => {
        await changeUfw(machine, words);
        return { comment: `${name} removed`, changes };
      }),
    );
  });
}

interface Foreseen {
  readonly words: readonly string[];
  readonly isThere: boolean;
}

/** A rule cannot go before one that is not there: where there is none of its family, it is the first anyway. */
async function foresee(host: ReadHost, rule: UfwRule): Promise<Foreseen> {
  const words = ufwRuleWords(rule);
  try {
    return { words, isThere: !(await wouldAddRule(host, words)) };
  } catch (error) {
    const isFirst =
      rule.insert === 1 && isAppError(error, 'state-failed') && error.message.includes('Invalid position');
    if (!isFirst) throw error;
    return foresee(host, { ...rule, insert: undefined });
  }
}
