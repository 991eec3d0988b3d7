import type { Plain, Value } from '@brine/common';
import type { MinionAnswer, MinionsAnswer } from '../../kit/orchestration.ts';
import { hasChangedAnything, isRunGood } from './run-verdict.ts';

/** How the answers of a state run on minions are judged. */
export interface StatesTerms {
  /** Minions that did not answer count as failed. */
  readonly expectsMinions: boolean;
  readonly mayFail: ReadonlySet<string>;
  /** So many minions may fail. */
  readonly allowFail: number;
}

/** What a state run on minions came to, in Salt's words. */
export interface StatesVerdict {
  readonly isGood: boolean;
  readonly comment: string;
  /** `{out: highstate, ret: {MINION: …}}`, or nothing. */
  readonly changes: { readonly [key: string]: Plain };
  readonly failed: readonly string[];
}

/** Whether a minion said anything at all. */
export function hasAnswered({ status }: MinionAnswer): boolean {
  return status !== 'expired' && status !== 'unreachable';
}

/** The words for a minion without an answer of its own. */
const silence: Readonly<Partial<Record<MinionAnswer['status'], string>>> = {
  expired: 'Minion did not return. [Not connected]',
  unreachable: 'Minion did not return. [Connection lost]',
};

/** What is shown for a minion. */
export function shownValue({ status, value }: MinionAnswer): Value {
  return silence[status] ?? value;
}

/** Judges a state run on minions. */
export function judgeStates({ answers }: MinionsAnswer, terms: StatesTerms): StatesVerdict {
  const { expectsMinions, mayFail, allowFail } = terms;
  const counted = [...answers].filter(([, answer]) => expectsMinions || hasAnswered(answer));
  if (counted.length === 0) {
    const comment = expectsMinions ? 'No minions returned' : 'States ran successfully.';
    return { isGood: !expectsMinions, comment, changes: {}, failed: [] };
  }
  const { shown, quiet, bad } = sortAnswers(counted);
  const failed = bad.filter((minion) => !mayFail.has(minion));
  const changes = shown.size === 0 ? {} : { out: 'highstate', ret: new Map<Value, Plain>(shown) };
  if (failed.length > allowFail) {
    return { isGood: false, comment: `Run failed on minions: ${failed.join(', ')}`, changes, failed };
  }
  const updating = shown.size === 0 ? '' : ` Updating ${[...shown.keys()].join(', ')}.`;
  const rest = quiet.length === 0 ? '' : ` No changes made to ${quiet.join(', ')}.`;
  return { isGood: true, comment: `States ran successfully.${updating}${rest}`, changes, failed };
}

interface SortedAnswers {
  /** Of those that changed something or failed, by id. */
  readonly shown: ReadonlyMap<string, Value>;
  readonly quiet: readonly string[];
  readonly bad: readonly string[];
}

function sortAnswers(answers: readonly (readonly [string, MinionAnswer])[]): SortedAnswers {
  const shown = new Map<string, Value>();
  const [quiet, bad]: [string[], string[]] = [[], []];
  for (const [minion, answer] of answers.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const isGood = answer.status === 'ok' && isRunGood(answer.value);
    if (!isGood) bad.push(minion);
    if (isGood && !hasChangedAnything(answer.value)) quiet.push(minion);
    else shown.set(minion, shownValue(answer));
  }
  return { shown, quiet, bad };
}
