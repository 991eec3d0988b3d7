import { AppError } from './app-error.ts';
import { equalValues, pythonTypeName } from './compare-values.ts';
import { copyValue } from './copy-value.ts';
import { isDict, type Dict, type Value } from './value.ts';

/** How two values are merged; the names are those of `pillar_source_merging_strategy`. */
export type MergeStrategy = 'smart' | 'recurse' | 'aggregate' | 'overwrite' | 'list' | 'none';

/** What {@link mergeValues} takes besides. */
export interface MergeOptions {
  /** Appends the members of lists that are not there yet, instead of replacing the list. Default: false. */
  readonly mergeLists?: boolean;
  /** Lists and dicts written with `!aggregate`: with the `aggregate` strategy two of them are merged at any depth. */
  readonly aggregated?: WeakSet<object>;
}

/**
 * Merges `update` into a copy of `base` and returns it; neither argument is changed.
 *
 * - `recurse`, `smart` and `none`: dicts are merged at every level, all else is replaced.
 * - `overwrite`: a key of the top level is replaced whole.
 * - `list`: keys of both become `[base, update]`; keys of `update` alone are left out.
 * - `aggregate`: the top level is merged, below it only what is marked in `aggregated` is; two lists or scalars at
 *   the top become one list.
 *
 * Throws `merge-not-dict` when one of them is no dict, except with `aggregate`.
 */
export function mergeValues(base: Value, update: Value, strategy: MergeStrategy, options: MergeOptions = {}): Value {
  if (strategy === 'aggregate') {
    const marks = options.aggregated ?? new WeakSet();
    return aggregate(mark(copyMarked(base, marks), marks), mark(copyMarked(update, marks), marks), marks);
  }
  if (!isDict(base) || !isDict(update)) throw notDicts(base, update);
  switch (strategy) {
    case 'list':
      return pairUp(base, update);
    case 'overwrite':
      return new Map([...copyValue(base), ...copyValue(update)]);
    case 'smart':
    case 'recurse':
      return updateDict(copyValue(base), copyValue(update), { mergeLists: options.mergeLists ?? false });
    case 'none':
      return updateDict(copyValue(base), copyValue(update));
  }
}

/**
 * Updates `destination` in place and returns it: dicts in both are merged (unless `recursive` is false), lists are
 * replaced, or with `mergeLists` get what they lack. Parts of `update` are taken over without copying.
 */
export function updateDict(
  destination: Dict,
  update: Dict,
  options: { readonly recursive?: boolean; readonly mergeLists?: boolean } = {},
): Dict {
  for (const [key, value] of update) {
    const present = destination.get(key);
    destination.set(key, options.recursive === false ? value : combine(present, value, options));
  }
  return destination;
}

function combine(present: Value | undefined, value: Value, options: { readonly mergeLists?: boolean }): Value {
  if (isDict(present) && isDict(value)) return updateDict(present, value, options);
  if (options.mergeLists !== true || !Array.isArray(present) || !Array.isArray(value)) return value;
  return appendMissing(present, value);
}

function appendMissing(present: readonly Value[], added: readonly Value[]): Value[] {
  return [...present, ...added.filter((item) => !present.some((other) => equalValues(item, other)))];
}

function pairUp(base: Dict, update: Dict): Dict {
  const paired: Dict = new Map();
  for (const [key, value] of copyValue(base)) {
    const other = update.get(key);
    paired.set(key, other === undefined ? value : [value, copyValue(other)]);
  }
  return paired;
}

function mark(value: Value, marks: WeakSet<object>): Value[] | Dict {
  const container = Array.isArray(value) || isDict(value) ? value : [value];
  marks.add(container);
  return container;
}

function copyMarked(value: Value, marks: WeakSet<object>): Value {
  if (!Array.isArray(value) && !isDict(value)) return value;
  const copy = Array.isArray(value)
    ? value.map((item) => copyMarked(item, marks))
    : new Map(Array.from(value, ([key, item]): [Value, Value] => [key, copyMarked(item, marks)]));
  if (marks.has(value)) marks.add(copy);
  return copy;
}

/**
 * Merges two values as a repeated key of yamlex: what both sides have marked in `aggregated` is merged, all else is
 * replaced by `update`. Neither argument is changed; what the merge makes is marked too.
 */
export function aggregateValues(base: Value, update: Value, aggregated: WeakSet<object>): Value {
  return aggregate(base, update, aggregated);
}

function aggregate(base: Value, update: Value, marks: WeakSet<object>): Value {
  if (isDict(base) && isDict(update)) return aggregateDicts(base, update, marks);
  if (!Array.isArray(base) || !Array.isArray(update) || !marks.has(base) || !marks.has(update)) return update;
  const list = appendMissing(base, update);
  marks.add(list);
  return list;
}

function aggregateDicts(base: Dict, update: Dict, marks: WeakSet<object>): Dict {
  // Unmarked dicts give way to the update, which may still hold marked parts.
  const merged: Dict = marks.has(base) && marks.has(update) ? new Map(base) : new Map();
  for (const [key, value] of update) {
    const present = base.get(key);
    merged.set(key, present === undefined ? value : aggregate(present, value, marks));
  }
  if (marks.has(update)) marks.add(merged);
  return merged;
}

function notDicts(base: Value, update: Value): AppError {
  const kinds = `${pythonTypeName(base)} and ${pythonTypeName(update)}`;
  return new AppError({ code: 'merge-not-dict', message: `only dicts can be merged, not ${kinds}` });
}
