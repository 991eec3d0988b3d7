import type { Step } from '../compile/step.ts';
import type { RequisiteGraph } from './requisite-graph.ts';

/**
 * The order in which steps run: as they stand, each preceded by what it depends on. A step with a `prereq` looks at
 * its targets before they run, so what those depend on runs before it too, as far as that does not depend on it.
 */
export function planRunOrder(graph: RequisiteGraph, wanted: readonly Step[] = graph.steps): Step[] {
  const before = createPredecessors(graph);
  const order: Step[] = [];
  const entered = new Set<Step>();
  for (const start of wanted) {
    if (entered.has(start)) continue;
    entered.add(start);
    const path: { step: Step; rest: Iterator<Step> }[] = [{ step: start, rest: before(start).values() }];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.rest.next();
      if (next.done === true) {
        order.push(top.step);
        path.pop();
      } else if (!entered.has(next.value)) {
        entered.add(next.value);
        path.push({ step: next.value, rest: before(next.value).values() });
      }
    }
  }
  return order;
}

type Predecessors = (step: Step) => readonly Step[];

function createPredecessors(graph: RequisiteGraph): Predecessors {
  const looked = new Map<Step, Step[]>();
  const before: Predecessors = (step) => {
    const { links } = graph.linksOf(step);
    return links.flatMap(({ kind, targets }) => (kind === 'prereq' ? (looked.get(step) ?? []) : targets));
  };
  for (const step of graph.steps) {
    for (const wanted of neededForLook(graph, step)) {
      // Only what does not itself wait for this step can run before it.
      if (wanted === step || reaches(before, wanted, step)) continue;
      const early = looked.get(step);
      if (early === undefined) looked.set(step, [wanted]);
      else early.push(wanted);
    }
  }
  return before;
}

// In the order in which the looks ask for it. Others that look at the same target need not have run.
function neededForLook(graph: RequisiteGraph, step: Step): Set<Step> {
  const needed = new Set<Step>();
  const looked = new Set<Step>();
  const pending = [...prereqTargets(graph, step)].reverse();
  for (let target = pending.pop(); target !== undefined; target = pending.pop()) {
    if (looked.has(target)) continue;
    looked.add(target);
    const direct = graph.linksOf(target).links.filter(({ kind }) => kind !== 'prereq' && kind !== 'prerequired');
    for (const wanted of direct.flatMap(({ targets }) => targets)) needed.add(wanted);
    pending.push(...[...prereqTargets(graph, target)].reverse());
  }
  return needed;
}

function prereqTargets(graph: RequisiteGraph, step: Step): readonly Step[] {
  return graph.linksOf(step).links.find(({ kind }) => kind === 'prereq')?.targets ?? [];
}

function reaches(before: Predecessors, from: Step, to: Step): boolean {
  const seen = new Set<Step>([from]);
  for (const step of seen) {
    if (step === to) return true;
    for (const next of before(step)) seen.add(next);
  }
  return false;
}
