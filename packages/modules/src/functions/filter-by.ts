import { copyValue, isDict, matchGlob, pythonStr, traverse, updateDict, type Dict, type Value } from '@brine/common';
import { anyValue, argument, dict, optional, withDefault, type Argument } from '../kit/arguments.ts';
import { failure } from './failure.ts';
import { isTruthy } from '../kit/truth.ts';

/**
 * A dict to lay over what was picked. An empty value of any type lays nothing: templates hand on what `pillar.get`
 * answers for a key that is not there.
 */
export function overlay(): Argument<Dict | undefined> {
  return optional(
    argument('a dict', (value) => {
      if (isDict(value)) return value;
      return isTruthy(value) ? undefined : new Map();
    }),
  );
}

/** The arguments that `grains.filter_by` and its kin share beside the one that says what to look up. */
export const filterArguments = {
  merge: overlay().describe('Laid over what was picked.'),
  default: withDefault(anyValue(), 'default').describe('The key to pick when none matches.'),
  base: optional(anyValue()).describe('The key of values that lie below what was picked.'),
};

/** A lookup table: glob patterns to values. */
export const lookupTable = dict().describe('Patterns and what each picks.');

/** What a choice is made by. */
export interface FilterRequest {
  readonly table: Dict;
  /** Where to look `path` up. */
  readonly within: Dict;
  readonly path: string;
  readonly merge: Dict | undefined;
  readonly default: Value;
  readonly base: Value | undefined;
}

/**
 * Picks out of a table the entry whose key, a glob, matches the value at a path (any member when that is a list),
 * lays it over `base` and `merge` over it, as `salt.utils.data.filter_by` does.
 */
export function filterBy(request: FilterRequest): Value {
  const picked = pickEntry(request) ?? request.table.get(request.default) ?? null;
  const layered = layOverBase(request, picked);
  if (request.merge === undefined || request.merge.size === 0) return layered;
  if (layered === null) return request.merge;
  if (!isDict(layered)) throw failure('filter_by can only merge into a dictionary.');
  return updateDict(copyValue(layered), copyValue(request.merge));
}

function pickEntry(request: FilterRequest): Value | undefined {
  const found = traverse(request.within, request.path) ?? [];
  for (const candidate of Array.isArray(found) ? found : [found]) {
    const matching = Array.from(request.table).find(([key]) => matchGlob(pythonStr(key), pythonStr(candidate)));
    const entry = matching?.[1] ?? null;
    if (entry !== null) return entry;
  }
  return undefined;
}

function layOverBase(request: FilterRequest, picked: Value): Value {
  const { base } = request;
  if (base === undefined || !isTruthy(base) || !request.table.has(base)) return picked;
  const values = request.table.get(base) ?? null;
  if (picked === null) return values;
  if (!isDict(values)) return picked;
  if (!isDict(picked)) throw failure('filter_by default and look-up values must both be dictionaries.');
  return updateDict(copyValue(values), picked);
}
