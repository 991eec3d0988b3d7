import type { Step } from '../compile/step.ts';
import { toListener } from './find-listeners.ts';
import type { RunState } from './run-state.ts';
import type { StepResult } from './step-result.ts';

const followingKinds: ReadonlySet<string> = new Set(['watch', 'watch_any', 'onchanges', 'onchanges_any']);

/** Writes down that a step begins; dry runs are not written down. */
export async function beginInJournal(run: RunState, step: Step): Promise<void> {
  if (!run.test) await run.journal?.begin(step);
}

/** Writes down how a step ended and which steps its changes are still to reach. */
export async function endInJournal(run: RunState, step: Step, outcome: StepResult): Promise<void> {
  if (run.test || run.journal === undefined) return;
  const followers = outcome.isChanged ? followersOf(run, step) : [];
  await run.journal.end(step, { changed: outcome.isChanged, followers });
}

// Only a step that changed something asks for this, so no index is kept.
function followersOf(run: RunState, step: Step): string[] {
  const waiting = run.graph.steps.filter((other) => !run.finished.has(other.tag) && follows(run, other, step));
  const listening = run.listenings.pairs.filter(({ heard }) => heard.includes(step));
  const listeners = new Set(listening.map(({ listener }) => toListener(listener).tag));
  return [...waiting.map(({ tag }) => tag), ...listeners];
}

function follows(run: RunState, other: Step, step: Step): boolean {
  return run.graph.linksOf(other).links.some(({ kind, targets }) => followingKinds.has(kind) && targets.includes(step));
}
