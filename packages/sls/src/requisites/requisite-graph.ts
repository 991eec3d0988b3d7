import type { Step } from '../compile/step.ts';
import { readRequisites, type Requisite, type RequisiteReading } from './read-requisites.ts';
import type { OrderingRequisite } from './requisite-keywords.ts';
import { createStepIndex, type StepIndex } from './step-index.ts';

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
  const byStep = new Map<Step, StepLinks>();
  const prerequiredBy = new Map<Step, Step[]>();
  for (const step of steps) {
    const { links, lost } = resolveLinks(step, readRequisites(step, reading), index);
    byStep.set(step, { step, links: lost.length > 0 ? [] : links, lost });
    for (const target of links.find(({ kind }) => kind === 'prereq')?.targets ?? []) {
      prerequiredBy.set(target, [...(prerequiredBy.get(target) ?? []), step]);
    }
  }
  for (const [step, targets] of prerequiredBy) {
    const own = byStep.get(step);
    if (own?.lost.length !== 0) continue;
    byStep.set(step, { ...own, links: [...own.links, { kind: 'prerequired', targets }] });
  }
  return {
    steps,
    linksOf: (step) => byStep.get(step) ?? { step, links: [], lost: [] },
    dependenciesOf: (step) => {
      const links = byStep.get(step)?.links ?? [];
      return links.flatMap(({ kind, targets }) => (kind === 'prereq' ? [] : targets));
    },
  };
}

function resolveLinks(step: Step, requisites: readonly Requisite[], index: StepIndex): StepLinks {
  const byKind = new Map<OrderingRequisite, Set<Step>>();
  const lost: Requisite[] = [];
  for (const requisite of requisites) {
    const found = index.resolve(requisite.type, requisite.target);
    if (found.length === 0) lost.push(requisite);
    const targets = byKind.get(requisite.kind) ?? new Set();
    for (const target of found) targets.add(target);
    byKind.set(requisite.kind, targets);
  }
  return { step, links: Array.from(byKind, ([kind, targets]) => ({ kind, targets: [...targets] })), lost };
}
