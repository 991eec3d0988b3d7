import { failpointNames, withFailpoints, type Failpoints } from '@brine/common';
import type { SequenceMark, Trust } from '@brine/bus';
import type { ScheduleFile } from '@brine/daemon';
import { outboxFailpoints } from '@brine/returners';
import type { PauseFile } from '../converge/pause-file-store.ts';
import type { MinionKeys } from '../store/minion-key-store.ts';
import type { JobJournal } from './job-journal.ts';

/** The durable steps of the job journal. */
const journalMethods = ['accept', 'start', 'finish', 'acknowledge'] as const;

/** The durable steps of the converge loop beside its jobs. */
export const convergeMethods = ['load', 'save'] as const;

/** The durable steps of the minion's own key. */
const keyMethods = ['rotate', 'settle'] as const;

/** Every failpoint of a minion daemon; `docs/faults.md` lists them. */
export const minionFailpoints: readonly string[] = [
  ...failpointNames('journal', journalMethods),
  ...failpointNames('converge', convergeMethods),
  ...['record-log.written', 'record-log.synced', 'record-log.rewritten', 'record-log.replaced'],
  ...failpointNames('key', keyMethods),
  ...['minion-key.made', 'key.linked', 'key.moved', 'key.written'],
  ...failpointNames('master-pin', ['pin']),
  'master-pin.linked',
  ...failpointNames('sequence', ['save']),
  ...failpointNames('schedule', ['save']),
  ...failpointNames('converge-pause', ['save']),
  ...outboxFailpoints,
];

/** Puts failpoints around what the journal writes. */
export function guardJournal(journal: JobJournal, failpoints: Failpoints): JobJournal {
  return withFailpoints(journal, failpoints, { prefix: 'journal', methods: journalMethods });
}

/** Puts failpoints around what the minion's own key writes. */
export function guardMinionKeys(keys: MinionKeys, failpoints: Failpoints): MinionKeys {
  return withFailpoints(keys, failpoints, { prefix: 'key', methods: keyMethods });
}

/** Puts failpoints around the pin of the master's key. */
export function guardTrust(trust: Trust, failpoints: Failpoints): Trust {
  return withFailpoints(trust, failpoints, { prefix: 'master-pin', methods: ['pin'] });
}

/** Puts failpoints around the mark of the publications that were seen. */
export function guardSequence(mark: SequenceMark, failpoints: Failpoints): SequenceMark {
  return withFailpoints(mark, failpoints, { prefix: 'sequence', methods: ['save'] });
}

/** Puts failpoints around what the schedule saves. */
export function guardScheduleFile(file: ScheduleFile, failpoints: Failpoints): ScheduleFile {
  return withFailpoints(file, failpoints, { prefix: 'schedule', methods: ['save'] });
}

/** Puts failpoints around the pause of converging. */
export function guardPauses(file: PauseFile, failpoints: Failpoints): PauseFile {
  return withFailpoints(file, failpoints, { prefix: 'converge-pause', methods: ['save'] });
}
