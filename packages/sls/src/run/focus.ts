import type { Step } from '../compile/step.ts';
import type { RequisiteStatus } from '../requisites/requisite-status.ts';
import type { RunState } from './run-state.ts';
import { stepResult } from './step-result.ts';

/** Narrows a run to the steps of its focus and what follows from their changes; without a focus it stays as it is. */
export function narrowToFocus(run: RunState, order: readonly Step[]): RunState {
  const { focus } = run;
  if (focus === undefined) return run;
  const focused = new Set(order.filter(focus).map(({ tag }) => tag));
  const reactive = new Set<string>();
  for (const tag of [...focused, ...reactive]) addFollowers(run, tag, reactive);
  const narrowed = { ...run, reactive: new Set([...reactive].filter((tag) => !focused.has(tag))) };
  for (const step of order) {
    if (!focused.has(step.tag) && !narrowed.reactive.has(step.tag)) assume(narrowed, step);
  }
  return narrowed;
}

function addFollowers(run: RunState, tag: string, reactive: Set<string>): void {
  for (const follower of run.followersOf(tag)) {
    if (reactive.has(follower)) continue;
    reactive.add(follower);
    addFollowers(run, follower, reactive);
  }
}

/** Whether what a step follows changed, so that it is to react. */
export function isCalledFor(run: RunState, step: Step, status: RequisiteStatus): boolean {
  const followsChanges = run.graph.linksOf(step).links.some(({ kind }) => kind.startsWith('onchanges'));
  return status === 'changed' || (status === 'met' && followsChanges);
}

/** Takes a step for done and unchanged. */
export function assume(run: RunState, step: Step): void {
  run.assumed.add(step.tag);
  run.finished.set(step.tag, {
    step,
    outcome: stepResult({ result: true, comment: '' }),
    runNumber: run.nextNumber,
    isParallel: false,
  });
}
