import { equalValues, isDict, type Dict, type Value } from '@brine/common';

/** Containers marked `!aggregate`. */
export interface AggregateMarks {
  has(container: Value): boolean;
  add(container: Dict | Value[]): void;
}

/** Marks of its own over those that `isMarked` knows. */
export function createAggregateMarks(isMarked: (container: Value) => boolean): AggregateMarks {
  const own = new WeakSet<object>();
  return {
    has: (container) =>
      (typeof container === 'object' && container !== null && own.has(container)) || isMarked(container),
    add: (container) => void own.add(container),
  };
}

/**
 * Joins what is marked `!aggregate`: dicts key by key, lists by appending what is not there yet. What is not marked on
 * both sides is replaced by `later`. Neither side is changed.
 */
export function aggregateValues(earlier: Value, later: Value, marks: AggregateMarks): Value {
  if (isDict(earlier) && isDict(later)) return aggregateDicts(earlier, later, marks);
  if (!Array.isArray(earlier) || !Array.isArray(later) || !marks.has(earlier) || !marks.has(later)) return later;
  const joined = [...earlier];
  for (const item of later) if (!earlier.some((known) => equalValues(known, item))) joined.push(item);
  marks.add(joined);
  return joined;
}

/** As {@link aggregateValues}, the two dicts taken for marked. */
export function aggregateRoots(earlier: Dict, later: Dict, marks: AggregateMarks): Dict {
  return joinDicts(earlier, later, { marks, keepsEarlier: true });
}

function aggregateDicts(earlier: Dict, later: Dict, marks: AggregateMarks): Dict {
  const keepsEarlier = marks.has(earlier) && marks.has(later);
  const joined = joinDicts(earlier, later, { marks, keepsEarlier });
  if (keepsEarlier || marks.has(later)) marks.add(joined);
  return joined;
}

function joinDicts(
  earlier: Dict,
  later: Dict,
  { marks, keepsEarlier }: { readonly marks: AggregateMarks; readonly keepsEarlier: boolean },
): Dict {
  const joined: Dict = new Map(keepsEarlier ? earlier : later);
  for (const [key, item] of later) {
    const known = earlier.get(key);
    joined.set(key, known === undefined ? item : aggregateValues(known, item, marks));
  }
  return joined;
}
