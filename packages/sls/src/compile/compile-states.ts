import type { Problem } from '@brine/common';
import { errorAt } from '../high/error-at.ts';
import { applyExclusions } from '../high/exclusions.ts';
import { expandInRequisites } from '../high/expand-in-requisites.ts';
import { injectDefaultCall } from '../high/inject-default-call.ts';
import type { LoadedHighData } from '../high/load-high-data.ts';
import { reconcileExtend } from '../high/reconcile-extend.ts';
import { verifyHigh } from '../high/verify-high.ts';
import { cycleProblem, findCycles } from '../requisites/find-cycles.ts';
import { createRequisiteGraph } from '../requisites/requisite-graph.ts';
import type { CompiledStates } from './compile-result.ts';
import { compileSteps } from './compile-steps.ts';
import type { Step } from './step.ts';

/** How high data is compiled. */
export interface CompileOptions {
  /** Requisites that the configuration switches off (`disabled_requisites`). */
  readonly disabledRequisites?: ReadonlySet<string>;
  /** More than this many steps are refused; 100,000 unless given. */
  readonly maxSteps?: number;
  /** Whether a state without a function becomes a step that fails, as in a run of Salt; else it is an error. */
  readonly callsDefault?: boolean;
  /** Whether what can be read of data with errors becomes steps all the same, to be checked but not run. */
  readonly keepsSteps?: boolean;
}

const defaultMaxSteps = 100_000;

/**
 * Compiles loaded high data to steps: extend, verification, requisites-in, exclude, numbering, circles. All problems
 * are found and reported together, those of loading first; with an error among them there are no steps.
 */
export function compileStates(loaded: LoadedHighData, options: CompileOptions = {}): CompiledStates {
  const { origins } = loaded;
  const given = options.callsDefault === true ? injectDefaultCall(loaded.high, origins) : loaded.high;
  const extended = reconcileExtend(given, origins);
  const problems = [...loaded.problems, ...extended.problems, ...verifyHigh(extended.high, origins)];
  const disabled = options.disabledRequisites ?? new Set<string>();
  const expanded = expandInRequisites(extended.high, { origins, disabled });
  problems.push(...expanded.problems);
  const high = applyExclusions(expanded.high);
  const isKept = (): boolean => options.keepsSteps === true || !hasError(problems);
  const steps = isKept() ? compileSteps(high, origins) : [];
  problems.push(...tooMany(steps, options.maxSteps ?? defaultMaxSteps), ...circles(steps, disabled));
  const quoted = problems.map((problem) => origins.quoted(problem));
  return { high, steps: isKept() ? steps : [], problems: quoted };
}

/** Compiles high data as it is, without extend, requisites-in and exclude (`state.show_low_sls`). */
export function compileAsWritten({ high, origins, problems: loading }: LoadedHighData): CompiledStates {
  const problems = [...loading, ...verifyHigh(high, origins)].map((problem) => origins.quoted(problem));
  return { high, steps: hasError(problems) ? [] : compileSteps(high, origins), problems };
}

/** Whether a compile failed. */
export function hasError(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

function tooMany(steps: readonly Step[], maximum: number): Problem[] {
  if (steps.length <= maximum) return [];
  return [errorAt(undefined, 'states-too-many', `The run has ${steps.length} states; at most ${maximum} are allowed`)];
}

function circles(steps: readonly Step[], disabled: ReadonlySet<string>): Problem[] {
  const graph = createRequisiteGraph(steps, { disabled, hasOnWatch: () => true });
  return findCycles(graph).map(cycleProblem);
}
