import type { Step } from '../compile/step.ts';
import { readRequisites, type Requisite, type RequisiteReading } from './read-requisites.ts';
import type { OrderingRequisite } from './requisite-keywords.ts';
import { createStepIndex } from './step-index.ts';

/** One kind of requisite of a step, resolved. */
export interface Link {
  /** `prerequired` is the other side of a `prereq`. */
  readonly kind: OrderingRequisite | 'prerequired';
  readonly targets: readonly Step[];
}

/** The requisites of a step. */
export interface StepLinks {
  readonly step: Step;
  /** At most one entry a kind, in the order in which the kinds are served. */
  readonly links: readonly Link[];
  /** References that name no step; with any of them the step fails, and the others do not count. */
  readonly lost: readonly Requisite[];
}

/** The requisites among the steps of a run. */
export interface RequisiteGraph {
  readonly steps: readonly Step[];
  linksOf(step: Step): StepLinks;
  /** The steps that must have run before `step`: everything it links to, but the targets of its `prereq`. */
  dependenciesOf(step: Step): readonly Step[];
}

/** Resolves the requisites of all steps. */
export function createRequisiteGraph(steps: readonly Step[], reading: RequisiteReading): RequisiteGraph {
  const index = createStepIndex(steps);
  const bySteps = new Map<Step, { links: Link[]; lost: Requisite[] }>();
  const prerequiredBy = new Map<Step, Step[]>();
  for (const step of steps) {
    const links = new Map<OrderingRequisite, Set<Step>>();
    const lost: Requisite[] = [];
    for (const requisite of readRequisites(step, reading)) {
      const found = index.resolve(requisite.type, requisite.target);
      if (found.length === 0) lost.push(requisite);
      const targets = links.get(requisite.kind) ?? new Set();
      for (const target of found) targets.add(target);
      links.set(requisite.kind, targets);
    }
    const resolved =
      lost.length > 0 ? [] : Array.from(links, ([kind, targets]): Link => ({ kind, targets: [...targets] }));
    bySteps.set(step, { links: resolved, lost });
    for (const target of links.get('prereq') ?? []) {
      const before = prerequiredBy.get(target);
      if (before === undefined) prerequiredBy.set(target, [step]);
      else before.push(step);
    }
  }
  for (const [target, before] of prerequiredBy) {
    const entry = bySteps.get(target);
    if (entry !== undefined && entry.lost.length === 0) entry.links.push({ kind: 'prerequired', targets: before });
  }
  return {
    steps,
    linksOf: (step) => ({ step, ...(bySteps.get(step) ?? { links: [], lost: [] }) }),
    dependenciesOf: (step) => {
      const links = bySteps.get(step)?.links ?? [];
      return links.flatMap(({ kind, targets }) => (kind === 'prereq' ? [] : targets));
    },
  };
}
