import { isDict, type SourceSpan, type Value } from '@brine/common';
import type { Step } from '../compile/step.ts';
import { orderingRequisites, type OrderingRequisite } from './requisite-keywords.ts';

/** One reference of a step to others. */
export interface Requisite {
  readonly kind: OrderingRequisite;
  /** The module of the steps meant, `sls`, or `id` for any module. */
  readonly type: string;
  /** Id, name or glob. */
  readonly target: string;
  readonly span: SourceSpan | undefined;
}

/** How requisites are to be read. */
export interface RequisiteReading {
  /** Requisites that the configuration switches off (`disabled_requisites`). */
  readonly disabled: ReadonlySet<string>;
  /** Whether the step can react to a `watch`; of one that cannot, `watch` is a `require`. */
  readonly hasOnWatch: (step: Step) => boolean;
}

/** The references of a step, grouped by kind in the order in which the kinds are served. */
export function readRequisites(step: Step, { disabled, hasOnWatch }: RequisiteReading): Requisite[] {
  const requisites: Requisite[] = [];
  for (const keyword of orderingRequisites) {
    if (disabled.has(keyword)) continue;
    const span = step.argumentSpans.get(keyword) ?? step.span;
    for (const [type, target] of referencesIn(step.chunk.get(keyword))) {
      requisites.push({ kind: keyword, type, target, span });
    }
  }
  if (requisites.some(({ kind }) => watchAsRequire.has(kind)) && !hasOnWatch(step)) {
    const order = (kind: OrderingRequisite): number => orderingRequisites.indexOf(kind);
    return requisites.map(asRequire).toSorted((a, b) => order(a.kind) - order(b.kind));
  }
  return requisites;
}

/** The references that a requisite's value lists, as type and target; bare ids have the type `id`. */
export function referencesIn(value: Value | undefined): (readonly [type: string, target: string])[] {
  const references: (readonly [string, string])[] = [];
  for (const entry of Array.isArray(value) ? value : []) {
    const [type, target] = typeof entry === 'string' ? ['id', entry] : firstPair(entry);
    if (typeof type !== 'string' || typeof target !== 'string') continue;
    references.push([type.split('.', 1)[0] ?? type, target]);
  }
  return references;
}

const watchAsRequire: ReadonlyMap<OrderingRequisite, OrderingRequisite> = new Map([
  ['watch', 'require'],
  ['watch_any', 'require_any'],
]);

function asRequire(requisite: Requisite): Requisite {
  return { ...requisite, kind: watchAsRequire.get(requisite.kind) ?? requisite.kind };
}

function firstPair(entry: Value): readonly [Value?, Value?] {
  const [first] = isDict(entry) ? entry : [];
  return first ?? [];
}
