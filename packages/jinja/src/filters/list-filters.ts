import { divide } from '../operators/arithmetic.ts';
import { add } from '../operators/sequences.ts';
import { methodsOf } from '../methods/method-tables.ts';
import { contains } from '../operators/comparison.ts';
import { toFlag, toIntArgument, toTextArgument } from '../runtime/argument-values.ts';
import { BoundRoutine } from '../runtime/bound-method.ts';
import { callWith } from '../runtime/call.ts';
import { routine, type BoundArguments, type Routine } from '../runtime/routine.ts';
import { ticking, type Runtime } from '../runtime/runtime.ts';
import { fault } from '../template-fault.ts';
import { identicalOrEqual } from '../values/equality.ts';
import { iterate, toList, tryIterate } from '../values/iteration.ts';
import { fromFloat, isIntLike, isNumeric, toNumber } from '../values/numbers.ts';
import { order, sortBy } from '../values/ordering.ts';
import { parseFloatText } from '../values/parse-number.ts';
import { repr, toText } from '../values/python-text.ts';
import { Markup, PythonObject, Tuple, Undefined, type RuntimeValue } from '../values/runtime-value.ts';
import { typeName } from '../values/type-name.ts';
import { isTrue } from '../values/truth.ts';

function includes(items: readonly RuntimeValue[], value: RuntimeValue): boolean {
  return items.some((item) => identicalOrEqual(item, value));
}

/** The first of each group of equal values. Salt gives a set for tuples and texts; a list in their order is kept here. */
function unique(items: Iterable<RuntimeValue>): RuntimeValue[] {
  const seenTexts = new Set<string>();
  const kept: RuntimeValue[] = [];
  for (const item of items) {
    const isNew = typeof item === 'string' ? !seenTexts.has(item) : !includes(kept, item);
    if (typeof item === 'string') seenTexts.add(item);
    if (isNew) kept.push(item);
  }
  return kept;
}

type SetOperation = (a: readonly RuntimeValue[], b: readonly RuntimeValue[]) => RuntimeValue[];

const union: SetOperation = (a, b) => unique([...a, ...b]);
const intersect: SetOperation = (a, b) => unique(a.filter((item) => includes(b, item)));
const difference: SetOperation = (a, b) => unique(a.filter((item) => !includes(b, item)));
const symmetricDifference: SetOperation = (a, b) => {
  const shared = intersect(a, b);
  return union(a, b).filter((item) => !includes(shared, item));
};

function setFilter(name: string, operation: SetOperation): Routine {
  return routine(name, 'lst2', (value, [other = null]) => operation(toList(value), toList(other)));
}

function extreme(value: RuntimeValue, direction: 1 | -1, name: string): RuntimeValue {
  let best: RuntimeValue | undefined;
  for (const item of iterate(value)) if (best === undefined || order(item, best) * direction > 0) best = item;
  if (best === undefined) throw fault(`${name}() arg is an empty sequence`);
  return best;
}

function average(value: RuntimeValue): RuntimeValue {
  if (isNumeric(value)) return fromFloat(toNumber(value));
  if (typeof value === 'string') return toAverage(value);
  if (!Array.isArray(value)) throw fault(`avg takes a list or a number, not ${typeName(value)}`);
  const items = value;
  return divide(
    items.reduce((total, item) => add(total, item), 0),
    items.length,
  );
}

function toAverage(text: string): RuntimeValue {
  const number = parseFloatText(text);
  if (number === undefined) throw fault(`could not convert string to float: ${repr(text)}`);
  return fromFloat(number);
}

function isIterable(value: RuntimeValue): boolean {
  return typeof value !== 'string' && !(value instanceof Markup) && tryIterate(value) !== undefined;
}

interface Flattening {
  readonly levels: number;
  readonly keepsNulls: boolean;
  readonly runtime: Runtime;
}

function flatten(value: RuntimeValue, how: Flattening, ancestors: readonly RuntimeValue[] = []): RuntimeValue[] {
  if (ancestors.includes(value)) throw fault('Reference cycle detected. Check input list.');
  const flat: RuntimeValue[] = [];
  for (const item of ticking(how.runtime, iterate(value))) {
    if (!how.keepsNulls && (item === null || item === 'None' || item === 'null')) continue;
    if (how.levels < 1 || !isIterable(item)) flat.push(item);
    else for (const inner of flatten(item, { ...how, levels: how.levels - 1 }, [...ancestors, value])) flat.push(inner);
  }
  return flat;
}

function compareLists(old: RuntimeValue[], now: RuntimeValue[]): RuntimeValue {
  const changes = new Map<RuntimeValue, RuntimeValue>();
  const added = now.filter((item) => !includes(old, item));
  const removed = old.filter((item) => !includes(now, item));
  if (added.length > 0) changes.set('new', added);
  if (removed.length > 0) changes.set('old', removed);
  return changes;
}

/** Whether exactly so many items are true; an iterator is only read as far as it has to be. */
function exactlyTrue(value: RuntimeValue, amount: number): boolean {
  let count = 0;
  for (const item of iterate(value)) if (isTrue(item)) count += 1;
  return count === amount;
}

function toBoolean(value: RuntimeValue): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return ['yes', '1', 'true'].includes(value.toLowerCase());
  if (isIntLike(value)) return Number(value) > 0;
  return (Array.isArray(value) || value instanceof Map) && isTrue(value);
}

/** Salt calls any attribute by name; a name that does not exist gives `None`. */
function callMethod(value: RuntimeValue, [name, positional, keyword]: BoundArguments, runtime: Runtime): RuntimeValue {
  const wanted = toTextArgument(name);
  const method = methodsOf(value).get(wanted);
  const attribute = value instanceof PythonObject ? value.attribute(wanted) : undefined;
  const callee =
    method === undefined ? attribute : new BoundRoutine(value instanceof Markup ? value.text : value, method, runtime);
  if (callee === undefined) return null;
  const named = Array.from(keyword as Map<RuntimeValue, RuntimeValue>, ([key, item]): [string, RuntimeValue] => [
    toText(key),
    item,
  ]);
  return callWith(callee, { positional: positional as RuntimeValue[], keyword: new Map(named) });
}

export const listFilters: readonly Routine[] = [
  routine('unique', '', (value, _args, runtime) => unique(ticking(runtime, iterate(value)))),
  setFilter('union', union),
  setFilter('intersect', intersect),
  setFilter('difference', difference),
  setFilter('symmetric_difference', symmetricDifference),
  routine('min', '', (value) => extreme(value, -1, 'min')),
  routine('max', '', (value) => extreme(value, 1, 'max')),
  routine('avg', '', average),
  routine('flatten', 'levels? preserve_nulls?', (value, [levels, keepsNulls], runtime) => {
    const depth = levels === undefined || levels === null ? Infinity : toIntArgument(levels);
    return flatten(value, { levels: depth, keepsNulls: toFlag(keepsNulls), runtime });
  }),
  routine('compare_lists', 'new', (value, [now = null]) => compareLists(toList(value), toList(now))),
  routine('substring_in_list', 'list_to_search', (value, [items = null]) =>
    toList(items).some((item) => contains(item, toTextArgument(value))),
  ),
  routine('sorted_ignorecase', '', (value) => sortBy(toList(value), (item) => toTextArgument(item).toLowerCase())),
  routine('exactly_n_true', 'amount?', (value, [amount]) => exactlyTrue(value, toIntArgument(amount, 1))),
  routine('exactly_one_true', '', (value) => exactlyTrue(value, 1)),
  routine('is_list', '', (value) => Array.isArray(value)),
  routine('is_iter', '', isIterable),
  routine('sequence', '', (value) => {
    if (value instanceof Undefined) return [value];
    return Array.isArray(value) || value instanceof Tuple || value instanceof Map ? value : [value];
  }),
  routine('skip', '', () => ''),
  routine('to_bool', '', toBoolean),
  routine('method_call', 'f_name * **', callMethod),
];
