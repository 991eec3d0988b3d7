import { failpointNames, withFailpoints, type Failpoints } from '@brine/common';
import type { JobJournal } from './job-journal.ts';

/** The durable steps of the job journal. */
const journalMethods = ['accept', 'start', 'finish', 'acknowledge'] as const;

/** The durable steps of the converge loop beside its jobs. */
export const convergeMethods = ['load', 'save'] as const;

/** Every failpoint of a minion daemon; `docs/faults.md` lists them. */
export const minionFailpoints: readonly string[] = [
  ...failpointNames('journal', journalMethods),
  ...failpointNames('converge', convergeMethods),
  ...['record-log.written', 'record-log.synced', 'record-log.rewritten', 'record-log.replaced'],
];

/** Puts failpoints around what the journal writes. */
export function guardJournal(journal: JobJournal, failpoints: Failpoints): JobJournal {
  return withFailpoints(journal, failpoints, { prefix: 'journal', methods: journalMethods });
}
