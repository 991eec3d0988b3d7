import { matchGlob, type Dict } from '@brine/common';
import type { Step } from '../compile/step.ts';
import { stepResult, type StepResult } from './step-result.ts';

/** Steps apart by whether `state.disable` turned their function off. */
export interface SplitSteps {
  readonly enabled: readonly Step[];
  /** Steps that do not run, with their results. */
  readonly disabled: ReadonlyMap<Step, StepResult>;
}

/** Sorts out steps whose function a glob of the grain `state_runs_disabled` matches. */
export function splitDisabled(steps: readonly Step[], grains: Dict): SplitSteps {
  const globs = grains.get('state_runs_disabled');
  if (!Array.isArray(globs) || globs.length === 0) return { enabled: steps, disabled: new Map() };
  const enabled: Step[] = [];
  const disabled = new Map<Step, StepResult>();
  for (const step of steps) {
    const name = `${step.state}.${step.fun}`;
    const glob = globs.find((pattern) => typeof pattern === 'string' && matchGlob(pattern, name));
    if (typeof glob !== 'string') {
      enabled.push(step);
      continue;
    }
    const comment = `The state function "${name}" is currently disabled by "${glob}", to re-enable, run state.enable ${glob}.`;
    disabled.set(step, stepResult({ result: false, comment }));
  }
  return { enabled, disabled };
}
