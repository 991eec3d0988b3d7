import type { Clock, Logger } from '@brine/common';
import type { JournaledRun, RunJournal, RunJournals } from '@brine/sls';
import { findLeftRuns, stepName, type LeftRun } from './interrupted-runs.ts';
import { encodeRecord, type DueFollower, type JournalRecord } from './journal-record.ts';
import { describeOwnProcess } from './own-process.ts';
import { mergeDue, replayRun } from './recorded-run.ts';
import type { RunFile, RunFileStore } from './run-file-store.ts';

/** What journals are made of. */
export interface RunJournalParts {
  readonly store: RunFileStore;
  readonly jid: string;
  readonly clock: Clock;
  readonly log: Logger;
}

// A follower that no run has had for so long belongs to a tree that is gone.
const longestDue = 30 * 24 * 60 * 60 * 1000;

const mostLogged = 20;

/**
 * The journals of the state runs of one call, on the disk. A step that changes the machine is on the disk before it
 * does and when it ended; of the others the kernel knows, which is enough for a process that is killed. A disk that
 * takes no journal is told to the log and does not keep states from running: they may be what frees it.
 */
export function createRunJournals(parts: RunJournalParts): RunJournals {
  return {
    open: async (run) => {
      try {
        return await open(parts, run);
      } catch (error) {
        parts.log.warn('state run is not journalled', { error });
        return unwrittenJournal([]);
      }
    },
  };
}

async function open(parts: RunJournalParts, run: JournaledRun): Promise<RunJournal> {
  const { store, clock } = parts;
  const left = await findLeftRuns(store);
  const oldest = clock.now() - longestDue;
  const due = mergeDue(...left.map((one) => one.due)).filter(({ since }) => since >= oldest);
  for (const one of left) tellInterrupted(parts.log, one);
  if (run.test) return unwrittenJournal(due);
  const header = headerOf(parts, run);
  const first: JournalRecord = { kind: 'run', ...header, due };
  const file = await store.create(parts.jid, encodeRecord(first), left.length > 0);
  for (const one of left) await store.remove(one.file);
  return writtenJournal({ file, records: [first], due, log: parts.log });
}

function headerOf({ jid, clock }: RunJournalParts, { function: fun, steps }: JournaledRun): RunHeaderOf {
  const tags = steps.map(({ tag }) => tag);
  return { jid, function: fun, startedAt: clock.now(), process: describeOwnProcess(), steps: tags };
}

type RunHeaderOf = Omit<Extract<JournalRecord, { kind: 'run' }>, 'kind' | 'due'>;

function tellInterrupted(log: Logger, { header, done, inProgress, notBegun, due }: LeftRun): void {
  if (header === undefined) return;
  log.warn('an earlier state run was interrupted', {
    jid: header.jid,
    function: header.function,
    done: done.length,
    inProgress: inProgress.map(stepName).slice(0, mostLogged),
    notBegun: notBegun.length,
    due: due.map(({ follower }) => stepName(follower)).slice(0, mostLogged),
  });
}

function dueMap(due: readonly DueFollower[]): RunJournal['due'] {
  return new Map(due.map(({ follower, changed }) => [follower, new Set(changed)]));
}

function unwrittenJournal(due: readonly DueFollower[]): RunJournal {
  const nothing = (): Promise<void> => Promise.resolve();
  return { due: dueMap(due), begin: nothing, changing: nothing, end: nothing, close: nothing };
}

interface WrittenParts {
  readonly file: RunFile;
  readonly records: JournalRecord[];
  readonly due: readonly DueFollower[];
  readonly log: Logger;
}

function writtenJournal({ file, records, due, log }: WrittenParts): RunJournal {
  const changing = new Set<string>();
  let isBroken = false;

  async function attempt(work: () => void | Promise<void>): Promise<void> {
    if (isBroken) return;
    try {
      await work();
    } catch (error) {
      isBroken = true;
      log.warn('state run is no longer journalled', { error });
    }
  }

  function write(record: JournalRecord): void {
    records.push(record);
    file.write(encodeRecord(record));
  }

  return {
    due: dueMap(due),
    begin: ({ tag }) => attempt(() => write({ kind: 'begin', tag })),
    changing: ({ tag }, followers) =>
      attempt(() => {
        changing.add(tag);
        write({ kind: 'change', tag, followers });
        return file.flush();
      }),
    end: ({ tag }, { changed }) =>
      attempt(() => {
        write({ kind: 'end', tag, changed });
        return changing.has(tag) ? file.flush() : undefined;
      }),
    close: ({ isComplete, settled }) =>
      attempt(() => {
        const remaining = leftDue(records, isComplete).filter(({ follower }) => !settled.includes(follower));
        return remaining.length === 0 ? file.remove() : file.replace(encodeRecord({ kind: 'left', due: remaining }));
      }),
  };
}

/** What a run that is over leaves: of a complete one nothing of its own, for every follower had its turn. */
function leftDue(records: readonly JournalRecord[], isComplete: boolean): readonly DueFollower[] {
  const counted = isComplete ? records.filter(({ kind }) => kind !== 'change') : records;
  return replayRun(counted).due;
}
