import { fault } from '../template-fault.ts';
import { toFlag, toIntArgument } from '../runtime/argument-values.ts';
import { callValue } from '../runtime/call.ts';
import { routine, type BoundArguments, type Routine } from '../runtime/routine.ts';
import { equals, identicalOrEqual } from '../values/equality.ts';
import { toList } from '../values/iteration.ts';
import { sortBy } from '../values/ordering.ts';
import { repr } from '../values/python-text.ts';
import type { RuntimeValue, Tuple } from '../values/runtime-value.ts';
import { refuseLongList } from '../values/size-limits.ts';

function clampIndex(index: number, length: number): number {
  return Math.min(length, Math.max(0, index < 0 ? index + length : index));
}

function indexOf(items: readonly RuntimeValue[], [value = null, start, stop]: BoundArguments): number {
  const from = clampIndex(toIntArgument(start, 0), items.length);
  const to = clampIndex(toIntArgument(stop, items.length), items.length);
  for (let index = from; index < to; index += 1) {
    if (identicalOrEqual(items[index] as RuntimeValue, value)) return index;
  }
  throw fault(`${repr(value)} is not in list`);
}

function count(items: readonly RuntimeValue[], value: RuntimeValue): number {
  return items.filter((item) => identicalOrEqual(item, value)).length;
}

function pop(list: RuntimeValue[], index: RuntimeValue | undefined): RuntimeValue {
  if (list.length === 0) throw fault('pop from empty list');
  const wanted = toIntArgument(index, -1);
  const position = wanted < 0 ? wanted + list.length : wanted;
  const [item] = position >= 0 && position < list.length ? list.splice(position, 1) : [];
  if (item === undefined) throw fault('pop index out of range');
  return item;
}

function remove(list: RuntimeValue[], value: RuntimeValue): null {
  const index = list.findIndex((item) => identicalOrEqual(item, value));
  if (index === -1) throw fault(`${repr(value)} is not in the list`);
  list.splice(index, 1);
  return null;
}

function extend(list: RuntimeValue[], items: RuntimeValue): null {
  const added = toList(items);
  refuseLongList(list.length + added.length);
  for (const item of added) list.push(item);
  return null;
}

const sort: Routine<RuntimeValue[]>['run'] = (list, [key, reverse]) => {
  const keyOf =
    key === undefined || key === null ? (item: RuntimeValue) => item : (item: RuntimeValue) => callValue(key, [item]);
  list.splice(0, list.length, ...sortBy(list, keyOf, toFlag(reverse)));
  return null;
};

export const listMethods: readonly Routine<RuntimeValue[]>[] = [
  routine<RuntimeValue[]>('append', 'object', (list, [value = null]) => {
    refuseLongList(list.length + 1);
    list.push(value);
    return null;
  }),
  routine<RuntimeValue[]>('extend', 'iterable', (list, [items = null]) => extend(list, items)),
  routine<RuntimeValue[]>('insert', 'index object', (list, [index, value = null]) => {
    list.splice(clampIndex(toIntArgument(index), list.length), 0, value);
    return null;
  }),
  routine<RuntimeValue[]>('pop', 'index?', (list, [index]) => pop(list, index)),
  routine<RuntimeValue[]>('remove', 'value', (list, [value = null]) => remove(list, value)),
  routine<RuntimeValue[]>('index', 'value start? stop?', indexOf),
  routine<RuntimeValue[]>('count', 'value', (list, [value = null]) => count(list, value)),
  routine<RuntimeValue[]>('sort', 'key? reverse?', sort),
  routine<RuntimeValue[]>('reverse', '', (list) => {
    list.reverse();
    return null;
  }),
  routine<RuntimeValue[]>('copy', '', (list) => list.slice()),
  routine<RuntimeValue[]>('clear', '', (list) => {
    list.length = 0;
    return null;
  }),
];

export const tupleMethods: readonly Routine<Tuple>[] = [
  routine<Tuple>('index', 'value start? stop?', (tuple, args) => indexOf(tuple.items, args)),
  routine<Tuple>('count', 'value', (tuple, [value = null]) => tuple.items.filter((item) => equals(item, value)).length),
];
