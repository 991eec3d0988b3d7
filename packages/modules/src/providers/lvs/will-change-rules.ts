import type { Applied, Changes, CheckOutcome } from '@brine/common';
import { willChange, type Host } from '../../kit/index.ts';
import { changeRules } from './ipvsadm.ts';

/** A change of the table, with what is said of it beforehand and afterwards. */
export interface RuleChange {
  readonly words: readonly string[];
  readonly pending: { readonly comment: string; readonly changes: Changes };
  readonly done: string;
  /** The comment when ipvsadm refuses, by its complaint. */
  readonly failed: (complaint: string) => string;
}

/** The outcome of a check that found the table to be changed. */
export function willChangeRules({ words, pending, done, failed }: RuleChange): CheckOutcome<Host> {
  return willChange(pending, async (machine): Promise<Applied> => {
    const complaint = await changeRules(machine, words);
    if (complaint !== undefined) return { comment: failed(complaint), changes: {}, failed: true };
    return { comment: done, changes: pending.changes };
  });
}
