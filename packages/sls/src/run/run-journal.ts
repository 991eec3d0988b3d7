import type { Step } from '../compile/step.ts';
import { record, type RunState } from './run-state.ts';

/** Writes down that a step begins; dry runs are not written down. */
export async function beginInJournal(run: RunState, step: Step): Promise<void> {
  if (!run.test) await run.journal?.begin(step);
}

/** Writes down, before a step touches the machine, which steps its changes are to reach. */
export async function announceChange(run: RunState, step: Step): Promise<void> {
  if (run.test || run.journal === undefined) return;
  const followers = run.followersOf(step.tag).filter((tag) => !run.finished.has(tag));
  await run.journal.changing(step, followers);
}

/** Writes down how a step ended. */
export async function endInJournal(run: RunState, step: Step): Promise<void> {
  const ended = run.finished.get(step.tag);
  if (run.test || ended === undefined) return;
  const { outcome, runNumber } = ended;
  await run.journal?.end(step, { changed: outcome.isChanged, ended: { outcome, runNumber } });
}

/** Takes over what this very run did before its process was ended. */
export function takeOverEnded(run: RunState, steps: readonly Step[]): void {
  for (const step of steps) {
    const ended = run.journal?.ended?.get(step.tag);
    if (ended === undefined) continue;
    record(run, { step, ...ended, isParallel: false });
    run.nextNumber = Math.max(run.nextNumber, ended.runNumber + 1);
  }
}

/** Ends the journal of a run that came to its end, or was stopped before it. */
export async function closeJournal(run: RunState, isComplete: boolean): Promise<void> {
  const { journal } = run;
  if (run.test || journal === undefined) return;
  // A follower whose requisites failed never got to react: what it is due stays due.
  const settled = [...journal.due.keys()].filter((tag) => {
    const ended = run.finished.get(tag);
    return ended !== undefined && ended.outcome.result !== false;
  });
  await journal.close({ isComplete, settled });
}
