import { formatProblem, type Dict, type Problem, type Value, type StateAnswer } from '@brine/common';
import { hasError } from '../compile/compile-states.ts';
import { checkSteps, missingRequisites } from './check-steps.ts';
import { compileWanted } from './compile-wanted.ts';
import { compileOptions } from './run-requests.ts';
import type { RunSetup } from './run-setup.ts';
import { findUnusedIncludes } from './unused-includes.ts';

const wrong = 1;

/**
 * `state.check`: everything that can be said against the states of a minion without looking at the machine. Answers
 * the number of states, errors and warnings; any error makes the call fail.
 */
export async function checkStates(setup: RunSetup): Promise<StateAnswer> {
  const { loaded, compiled } = await compileWanted(setup, { keepsSteps: true });
  const { steps } = compiled;
  const reading = { disabled: compileOptions(setup).disabledRequisites, hasOnWatch: () => true };
  const { library } = setup.ports;
  const found = await checkSteps(steps, library);
  // Where files are missing, states that are named may be in them.
  if (!hasError(loaded.problems))
    found.push(...missingRequisites(steps, reading), ...findUnusedIncludes(loaded, steps));
  const problems = [...compiled.problems, ...found.map((problem) => loaded.origins.quoted(problem))];
  const value: Dict = new Map<Value, Value>([
    ['states', steps.length],
    ['errors', textsOf(problems, 'error')],
    ['warnings', textsOf(problems, 'warning')],
  ]);
  return { value, retcode: hasError(problems) ? wrong : 0 };
}

function textsOf(problems: readonly Problem[], severity: Problem['severity']): Value[] {
  return problems.filter((problem) => problem.severity === severity).map(formatProblem);
}
