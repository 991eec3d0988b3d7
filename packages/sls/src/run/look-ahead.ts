import type { Step } from '../compile/step.ts';
import { judgeRequisites } from '../requisites/requisite-status.ts';
import { callStep } from './call-step.ts';
import { dependenciesEnded, type RunState } from './run-state.ts';
import type { StepResult } from './step-result.ts';
import { fateFor, firingSteps, lostResult, restingResult } from './step-status.ts';

/** Ends a step with a result that it has for its requisites alone. */
export type Settle = (step: Step, outcome: StepResult) => void;

/** Looks what the `prereq` targets of a step would do, and theirs before them. */
export async function lookAhead(run: RunState, step: Step, settle: Settle): Promise<void> {
  const targets = run.graph.linksOf(step).links.find(({ kind }) => kind === 'prereq')?.targets ?? [];
  for (const target of targets) {
    if (run.looked.has(target.tag) || run.finished.has(target.tag)) continue;
    await lookAhead(run, target, settle);
    await look(run, target, settle);
  }
}

async function look(run: RunState, step: Step, settle: Settle): Promise<void> {
  const lost = lostResult(run, step);
  await dependenciesEnded(run, step);
  // What has not run yet waits for the step that asks: it cannot speak against the look.
  const links = run.graph
    .linksOf(step)
    .links.filter(({ kind, targets }) => kind !== 'prerequired' && targets.every((target) => hasFate(run, target)));
  // Of two steps that the same one looks at, the first stands for the second as it was foretold.
  const status = judgeRequisites(links, (target, kind) => {
    return fateFor(run, step, { target, kind }) ?? run.looked.get(target.tag);
  });
  const resting = lost ?? restingResult(run, step, status);
  if (resting !== undefined) {
    settle(step, resting);
    return;
  }
  const foretold = await callStep(run, { step, foretell: true, firedBy: undefined });
  const isFired = status === 'changed' && !foretold.actedItself && !foretold.skipsWatch;
  const outcome = isFired ? await callStep(run, { step, foretell: true, firedBy: firingSteps(run, step) }) : foretold;
  // A reaction counts as a change also where the state only pretends one.
  run.looked.set(step.tag, outcome.result === true && outcome.isChanged ? { ...outcome, result: null } : outcome);
}

function hasFate(run: RunState, target: Step): boolean {
  return run.finished.has(target.tag) || run.looked.has(target.tag);
}
