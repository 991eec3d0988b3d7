import { fault } from '../template-fault.ts';
import { routine, type BoundArguments, type Routine } from '../runtime/routine.ts';
import { getItem, setItem } from '../values/dict-items.ts';
import { findKey } from '../values/equality.ts';
import { iterate, toList, tryLength } from '../values/iteration.ts';
import { DictView } from '../values/iterators.ts';
import { repr } from '../values/python-text.ts';
import { Tuple, type RuntimeDict, type RuntimeValue } from '../values/runtime-value.ts';

/** Python's `dict.update`: from a dict, or from pairs. */
export function updateFrom(dict: RuntimeDict, source: RuntimeValue): void {
  if (source instanceof Map) {
    const entries = [...source];
    for (const [key, value] of entries) setItem(dict, key, value);
    return;
  }
  let index = 0;
  for (const pair of iterate(source)) {
    const [key, value] = toPair(pair, index);
    setItem(dict, key, value);
    index += 1;
  }
}

function toPair(pair: RuntimeValue, index: number): [RuntimeValue, RuntimeValue] {
  const length = tryLength(pair);
  if (length === undefined) throw fault(`cannot convert dictionary update sequence element #${index} to a sequence`);
  const [key, value, ...others] = toList(pair);
  if (key === undefined || value === undefined || others.length > 0) {
    throw fault(`dictionary update sequence element #${index} has length ${length}; 2 is required`);
  }
  return [key, value];
}

function get(dict: RuntimeDict, [key = null, fallback = null]: BoundArguments): RuntimeValue {
  const value = getItem(dict, key);
  return value === undefined ? fallback : value;
}

function update(dict: RuntimeDict, [source, keyword]: BoundArguments): null {
  if (source !== undefined) updateFrom(dict, source);
  if (keyword !== undefined) updateFrom(dict, keyword);
  return null;
}

function pop(dict: RuntimeDict, [key = null, fallback]: BoundArguments): RuntimeValue {
  const found = findKey(dict, key);
  if (found === undefined) {
    if (fallback === undefined) throw fault(`KeyError: ${repr(key)}`);
    return fallback;
  }
  const value = dict.get(found) as RuntimeValue;
  dict.delete(found);
  return value;
}

function popItem(dict: RuntimeDict): Tuple {
  const last = [...dict].at(-1);
  if (last === undefined) throw fault("KeyError: 'popitem(): dictionary is empty'");
  dict.delete(last[0]);
  return new Tuple(last);
}

function setDefault(dict: RuntimeDict, key: RuntimeValue, fallback: RuntimeValue): RuntimeValue {
  const present = getItem(dict, key);
  if (present !== undefined) return present;
  setItem(dict, key, fallback);
  return fallback;
}

function fromKeys(keys: RuntimeValue, value: RuntimeValue): RuntimeDict {
  const dict: RuntimeDict = new Map();
  for (const key of iterate(keys)) setItem(dict, key, value);
  return dict;
}

export const dictMethods: readonly Routine<RuntimeDict>[] = [
  routine<RuntimeDict>('get', 'key default?', get),
  routine<RuntimeDict>('keys', '', (dict) => new DictView(dict, 'keys')),
  routine<RuntimeDict>('values', '', (dict) => new DictView(dict, 'values')),
  routine<RuntimeDict>('items', '', (dict) => new DictView(dict, 'items')),
  routine<RuntimeDict>('update', 'other? **', update),
  routine<RuntimeDict>('pop', 'key default?', pop),
  routine<RuntimeDict>('popitem', '', popItem),
  routine<RuntimeDict>('setdefault', 'key default?', (dict, [key = null, fallback = null]) =>
    setDefault(dict, key, fallback),
  ),
  routine<RuntimeDict>('copy', '', (dict) => new Map(dict)),
  routine<RuntimeDict>('clear', '', (dict) => {
    dict.clear();
    return null;
  }),
  routine<RuntimeDict>('fromkeys', 'iterable value?', (_dict, [keys = null, value = null]) => fromKeys(keys, value)),
];
