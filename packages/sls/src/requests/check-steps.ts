import { closestName, pythonRepr, type Problem, type SourceSpan } from '@brine/common';
import type { SlsErrorCode } from '../errors.ts';
import type { Step } from '../compile/step.ts';
import { errorAt } from '../high/error-at.ts';
import { referencesIn, type RequisiteReading } from '../requisites/read-requisites.ts';
import { createRequisiteGraph } from '../requisites/requisite-graph.ts';
import { createStepIndex } from '../requisites/step-index.ts';
import { nameFault } from '../run/name-fault.ts';
import { parseUmask } from '../run/shell-options.ts';
import type { ArgumentFault, StateLibrary } from '../run/state-library.ts';

/** What can be said against steps without a look at the machine they are for. */
export async function checkSteps(steps: readonly Step[], library: StateLibrary): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const step of steps) problems.push(...(await checkStep(step, library)));
  return withoutRepeats(problems);
}

async function checkStep(step: Step, library: StateLibrary): Promise<Problem[]> {
  const name = `${step.state}.${step.fun}`;
  if ((await library.describe(name)) === undefined) {
    const likely = closestName(name, library.names());
    const help = likely === undefined ? undefined : `did you mean '${likely}'?`;
    return [about(step, { code: 'state-unknown', summary: `there is no state function '${name}'`, help })];
  }
  const misnamed = nameFault(step.chunk);
  if (misnamed !== undefined)
    return [about(step, { code: 'names-shape', summary: misnamed, help: 'put it in quotes' })];
  return [...umaskFaults(step), ...(await library.validate(step))].map((fault) => {
    const { argument, summary, help, isDoubt = false } = fault;
    const span = argument === undefined ? undefined : step.argumentSpans.get(argument);
    const problem = about(step, { code: 'state-arguments', summary, help, span });
    return isDoubt ? { ...problem, severity: 'warning' } : problem;
  });
}

function umaskFaults({ chunk }: Step): ArgumentFault[] {
  const umask = chunk.get('umask');
  if (parseUmask(umask) !== null) return [];
  return [{ argument: 'umask', summary: `Invalid umask: ${pythonRepr(umask ?? null)}` }];
}

interface Finding {
  readonly code: SlsErrorCode;
  readonly summary: string;
  readonly help: string | undefined;
  readonly span?: SourceSpan | undefined;
}

function about(step: Step, { code, summary, help, span = step.span }: Finding): Problem {
  return { ...errorAt(span, code, summary, help), stateId: step.id };
}

/** Requisites that name no state of the run. */
export function missingRequisites(steps: readonly Step[], reading: RequisiteReading): Problem[] {
  const graph = createRequisiteGraph(steps, reading);
  const index = createStepIndex(steps);
  const problems = steps.flatMap((step) => {
    const lost = graph.linksOf(step).lost.map((requisite) => missing(step, steps, requisite));
    const unheard = referencesIn(step.chunk.get('listen'))
      .filter(([type, target]) => index.resolve(type, target).length === 0)
      .map(([type, target]) => missing(step, steps, { kind: 'listen', type, target }));
    return [...lost, ...unheard];
  });
  return withoutRepeats(problems);
}

interface MissingReference {
  readonly kind: string;
  readonly type: string;
  readonly target: string;
}

function missing(step: Step, steps: readonly Step[], { kind, type, target }: MissingReference): Problem {
  const named = type === 'id' ? `'${target}'` : `'${type}: ${target}'`;
  const summary = `${kind} names ${named}, which is not part of the run`;
  const likely = closestName(target, candidates(steps, type));
  const help = likely === undefined ? undefined : `did you mean '${likely}'?`;
  return about(step, { code: 'requisite-missing', summary, help, span: step.argumentSpans.get(kind) });
}

function candidates(steps: readonly Step[], type: string): string[] {
  if (type === 'sls') return steps.flatMap(({ sls }) => sls ?? []);
  return steps.filter(({ state }) => type === 'id' || type === state).flatMap(({ id, name }) => [id, name]);
}

// States with `names` are several steps, but were written once.
function withoutRepeats(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ span, summary }) => {
    const key = `${span?.file ?? ''}:${span?.line ?? ''}:${span?.column ?? ''}:${summary}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}
