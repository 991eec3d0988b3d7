import { formatSpan, type Problem } from '@brine/common';
import type { Step } from '../compile/step.ts';
import { errorAt } from '../high/error-at.ts';
import type { RequisiteGraph } from './requisite-graph.ts';

/** The circles that requisites form, each once, as the steps on the way round. */
export function findCycles(graph: RequisiteGraph): Step[][] {
  const cycles: Step[][] = [];
  const finished = new Set<Step>();
  for (const start of graph.steps) {
    if (!finished.has(start)) cycles.push(...walkFrom(start, graph, finished));
  }
  return cycles;
}

// The walk keeps a stack of its own: requisites may chain thousands of steps.
function walkFrom(start: Step, graph: RequisiteGraph, finished: Set<Step>): Step[][] {
  const cycles: Step[][] = [];
  const path: { readonly step: Step; readonly rest: Iterator<Step> }[] = [];
  const positions = new Map<Step, number>();
  const enter = (step: Step): void => {
    positions.set(step, path.length);
    path.push({ step, rest: graph.dependenciesOf(step).values() });
  };
  enter(start);
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const next = top.rest.next();
    if (next.done === true) {
      path.pop();
      positions.delete(top.step);
      finished.add(top.step);
      continue;
    }
    const position = positions.get(next.value);
    if (position !== undefined) cycles.push(path.slice(position).map(({ step }) => step));
    else if (!finished.has(next.value)) enter(next.value);
  }
  return cycles;
}

/** The error for a circle: its chain of ids with the place of each. */
export function cycleProblem(cycle: readonly Step[]): Problem {
  const [first] = cycle;
  const sls = first?.sls ?? '';
  const ids = cycle.map(({ id }) => `ID "${id}"`).join(' ');
  const chain = [...cycle, ...cycle.slice(0, 1)].map(placed).join(' -> ');
  const summary = `A recursive requisite was found, SLS "${sls}" ${ids}: ${chain}`;
  return errorAt(
    first?.argumentSpans.get('require') ?? first?.span,
    'requisite-recursive',
    summary,
    'remove one of these requisites',
  );
}

function placed(step: Step): string {
  const name = `${step.state}: ${step.id}`;
  return step.span === undefined ? name : `${name} (${formatSpan(step.span)})`;
}
