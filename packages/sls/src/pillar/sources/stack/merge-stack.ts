import { equalValues, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { sourceFault } from '../source-fault.ts';

const strategies = ['overwrite', 'merge-first', 'merge-last', 'remove'] as const;

type Strategy = (typeof strategies)[number];

const marker = '__';

/**
 * Merges the data of a file over the stack; neither is changed. A dict says by its item `__`, a list by a first member
 * `{__: STRATEGY}` how it is merged; what goes into the stack has no such marks.
 */
export function mergeStack(stack: Dict, added: Dict): Dict {
  const strategy = readStrategy(added.get(marker));
  if (strategy === 'overwrite') return withoutMarks(added) as Dict;
  const merged: Dict = new Map(stack);
  for (const [key, value] of added) {
    if (key === marker) continue;
    const present = merged.get(key);
    if (strategy === 'remove') merged.delete(key);
    else if (present === undefined) merged.set(key, withoutMarks(value));
    else merged.set(key, strategy === 'merge-first' ? combine(withoutMarks(value), present) : combine(present, value));
  }
  return merged;
}

function combine(present: Value, value: Value): Value {
  if (isDict(present) && isDict(value)) return mergeStack(present, value);
  if (Array.isArray(present) && Array.isArray(value)) return mergeLists(present, value);
  return withoutMarks(value);
}

function mergeLists(present: readonly Value[], added: readonly Value[]): Value[] {
  const [first = null] = added;
  const isMarked = isDict(first) && first.has(marker);
  const strategy = readStrategy(isMarked ? first.get(marker) : undefined);
  const items = isMarked ? added.slice(1) : [...added];
  switch (strategy) {
    case 'overwrite':
      return items;
    case 'remove':
      return present.filter((item) => !items.some((removed) => equalValues(item, removed)));
    case 'merge-first':
      return [...items, ...present];
    case 'merge-last':
      return [...present, ...items];
  }
}

function readStrategy(written: Value | undefined): Strategy {
  if (written === undefined) return 'merge-last';
  const strategy = strategies.find((name) => name === written);
  if (strategy !== undefined) return strategy;
  throw sourceFault(`there is no merging strategy ${pythonStr(written)}`, `there are: ${strategies.join(', ')}`);
}

function withoutMarks(value: Value): Value {
  if (isDict(value)) {
    const kept = [...value].filter(([key]) => key !== marker);
    return new Map(kept.map(([key, item]): [Value, Value] => [key, withoutMarks(item)]));
  }
  const isMarked = Array.isArray(value) && isDict(value[0] ?? null) && (value[0] as Dict).has(marker);
  return isMarked ? value.slice(1) : value;
}
