import { formatSpan, type Problem } from '@brine/common';
import type { Step } from '../compile/step.ts';
import { errorAt } from '../high/error-at.ts';
import type { RequisiteGraph } from './requisite-graph.ts';

/** The circles that requisites form, each once, as the steps on the way round. */
export function findCycles(graph: RequisiteGraph): Step[][] {
  const cycles: Step[][] = [];
  const finished = new Set<Step>();
  for (const start of graph.steps) {
    if (finished.has(start)) continue;
    // A walk of its own stack: requisites may chain thousands of steps.
    const path: Step[] = [start];
    const positions = new Map<Step, number>([[start, 0]]);
    const pending: Iterator<Step>[] = [graph.dependenciesOf(start).values()];
    for (let top = pending.at(-1); top !== undefined; top = pending.at(-1)) {
      const next = top.next();
      if (next.done === true) {
        pending.pop();
        const left = path.pop();
        if (left !== undefined) {
          positions.delete(left);
          finished.add(left);
        }
        continue;
      }
      const position = positions.get(next.value);
      if (position !== undefined) cycles.push(path.slice(position));
      else if (!finished.has(next.value)) {
        positions.set(next.value, path.length);
        path.push(next.value);
        pending.push(graph.dependenciesOf(next.value).values());
      }
    }
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
