import type { Logger, Redactor } from '@brine/common';
import type { JournaledRun, ManagedFile, RunJournal, RunJournals, Step } from '@brine/sls';
import type { Ledger, LedgerEntry, LedgerFile, LedgerRun } from './ledger-file-store.ts';
import { managedFiles, resourcesOf } from './resource.ts';

/** What ownership is recorded with. */
export interface OwnershipParts {
  readonly ledger: LedgerFile;
  readonly run: Omit<LedgerRun, 'fun' | 'at'>;
  readonly redactor: Redactor;
  readonly log: Logger;
  now(): number;
  /** A highstate begins; of dry runs only those of the converge loop count, for they are about what it keeps. */
  onManaged?(files: readonly ManagedFile[]): void;
}

/**
 * Journals that also keep the ledger: what states keep on this machine, which run changed it last, and what a highstate
 * no longer declares. A dry run of a highstate tells what is managed and writes nothing.
 */
export function recordOwnership(journals: RunJournals, parts: OwnershipParts): RunJournals {
  return {
    open: async (run) => {
      const journal = await journals.open(run);
      if (run.isWhole === true && (!run.test || run.function === 'state.converge'))
        parts.onManaged?.(managedFiles(run.steps));
      return run.test ? journal : recording(journal, run, parts);
    },
  };
}

function recording(journal: RunJournal, run: JournaledRun, parts: OwnershipParts): RunJournal {
  const ran = new Map<Step, boolean>();
  return {
    ...journal,
    end: (step, outcome) => {
      ran.set(step, outcome.changed);
      return journal.end(step, outcome);
    },
    close: async (end) => {
      await journal.close(end);
      try {
        const ledger = await parts.ledger.read();
        await parts.ledger.write(nextLedger(ledger, { run, ran, isComplete: end.isComplete }, parts));
      } catch (error) {
        parts.log.warn('ownership is not recorded', { error });
      }
    },
  };
}

interface EndedRun {
  readonly run: JournaledRun;
  /** The steps that ran, and whether they changed something. */
  readonly ran: ReadonlyMap<Step, boolean>;
  readonly isComplete: boolean;
}

function nextLedger(ledger: Ledger, { run, ran, isComplete }: EndedRun, parts: OwnershipParts): Ledger {
  const self: LedgerRun = { ...parts.run, fun: run.function, at: parts.now() };
  const next: Record<string, LedgerEntry> = { ...ledger };
  const declared = new Set<string>();
  const things = run.steps.flatMap((step) => resourcesOf(step).map((resource) => ({ step, ...resource })));
  for (const { step, kind, name } of things) {
    const shown = parts.redactor.text(name);
    const key = `${kind}:${shown}`;
    declared.add(key);
    const before = next[key];
    if (!ran.has(step) && before === undefined) continue;
    const lastChange = ran.get(step) === true ? self : before?.lastChange;
    next[key] = { ...entryOf(step, kind, shown), ...(lastChange && { lastChange }) };
  }
  return run.isWhole === true && isComplete ? withOrphans(next, declared, self) : next;
}

function withOrphans(ledger: Ledger, declared: ReadonlySet<string>, orphanedBy: LedgerRun): Ledger {
  return Object.fromEntries(
    Object.entries(ledger).map(([key, entry]) => [
      key,
      declared.has(key) || entry.orphanedBy !== undefined ? entry : { ...entry, orphanedBy },
    ]),
  );
}

function entryOf({ id, sls, state, fun, span }: Step, kind: string, name: string): LedgerEntry {
  return {
    ...{ kind, name, id, sls: sls ?? '', function: `${state}.${fun}` },
    ...(span === undefined ? {} : { file: span.file, line: span.line }),
  };
}
