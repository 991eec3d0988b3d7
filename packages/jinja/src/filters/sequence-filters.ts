import { add } from '../operators/sequences.ts';
import { toFlag, toIntArgument, toTextArgument } from '../runtime/argument-values.ts';
import { routine, type BoundArguments, type Routine } from '../runtime/routine.ts';
import { ticking, type Runtime } from '../runtime/runtime.ts';
import { fault } from '../template-fault.ts';
import { equals } from '../values/equality.ts';
import { PythonIterator } from '../values/iterators.ts';
import { iterate, lengthOf, toList, tryLength } from '../values/iteration.ts';
import { sortBy } from '../values/ordering.ts';
import { toText } from '../values/python-text.ts';
import { Markup, PythonObject, Tuple, Undefined, type RuntimeValue } from '../values/runtime-value.ts';
import { refuseLongList, refuseLongText } from '../values/size-limits.ts';
import { toCharacters } from '../values/text-units.ts';
import { typeName } from '../values/type-name.ts';
import { isTrue } from '../values/truth.ts';
import { attributeGetter, attributesGetter, ignoreCase } from './attribute-path.ts';

function join(value: RuntimeValue, [separator, attribute]: BoundArguments, runtime: Runtime): string {
  const get = attribute === undefined || attribute === null ? undefined : attributeGetter(runtime, attribute);
  const parts: string[] = [];
  let length = 0;
  const between = separator === undefined ? '' : toText(separator);
  for (const item of ticking(runtime, iterate(value))) {
    const text = toText(get === undefined ? item : get(item));
    length += text.length + between.length;
    refuseLongText(length);
    parts.push(text);
  }
  return parts.join(between);
}

function first(value: RuntimeValue, runtime: Runtime): RuntimeValue {
  for (const item of iterate(value)) return item;
  return runtime.undefined({ message: 'No first item, sequence was empty.' });
}

function last(value: RuntimeValue, runtime: Runtime): RuntimeValue {
  const item = toReversible(value).at(-1);
  return item === undefined ? runtime.undefined({ message: 'No last item, sequence was empty.' }) : item;
}

function toReversible(value: RuntimeValue): RuntimeValue[] {
  if (value instanceof Undefined || tryLength(value) !== undefined) return toList(value);
  throw fault(`'${typeName(value)}' object is not reversible`, 'put `| list` before it');
}

function reverse(value: RuntimeValue): RuntimeValue {
  if (typeof value === 'string' || value instanceof Markup) return toCharacters(toText(value)).toReversed().join('');
  if (value instanceof PythonIterator) return toList(value).toReversed();
  return new PythonIterator(toReversible(value).toReversed(), `${typeName(value)}_reverseiterator`);
}

function sort(
  value: RuntimeValue,
  [descending, caseSensitive, attribute]: BoundArguments,
  runtime: Runtime,
): RuntimeValue[] {
  const postprocess = toFlag(caseSensitive) ? undefined : ignoreCase;
  const get = attributesGetter(runtime, attribute ?? null, postprocess);
  return sortBy([...ticking(runtime, iterate(value))], get, toFlag(descending));
}

function sum(value: RuntimeValue, [attribute, start]: BoundArguments, runtime: Runtime): RuntimeValue {
  const get = attributeGetter(runtime, attribute ?? null);
  let total = start === undefined ? 0 : start;
  if (typeof total === 'string')
    throw fault("sum() can't sum strings [use ''.join(seq) instead]", 'use the `join` filter');
  for (const item of ticking(runtime, iterate(value))) total = add(total, get(item));
  return total;
}

function* batches(value: RuntimeValue, size: number, fill: RuntimeValue): Generator<RuntimeValue, void, undefined> {
  let batch: RuntimeValue[] = [];
  for (const item of iterate(value)) {
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
    batch.push(item);
  }
  if (batch.length === 0) return;
  refuseLongList(size);
  if (fill !== null) while (batch.length < size) batch.push(fill);
  yield batch;
}

function* slices(value: RuntimeValue, count: number, fill: RuntimeValue): Generator<RuntimeValue, void, undefined> {
  const items = toList(value);
  if (count <= 0) throw fault('integer division or modulo by zero');
  const size = Math.floor(items.length / count);
  const longer = items.length % count;
  let start = 0;
  for (let index = 0; index < count; index += 1) {
    const end = start + size + (index < longer ? 1 : 0);
    const slice = items.slice(start, end);
    if (fill !== null && index >= longer) slice.push(fill);
    yield slice;
    start = end;
  }
}

/** A group of `groupby`: a tuple whose members also have names. */
class Group extends Tuple {
  override attribute(name: string): RuntimeValue | undefined {
    if (name === 'grouper') return this.items[0];
    return name === 'list' ? this.items[1] : undefined;
  }
}

function groupBy(
  value: RuntimeValue,
  [attribute, fallback, caseSensitive]: BoundArguments,
  runtime: Runtime,
): RuntimeValue[] {
  const name = attribute ?? null;
  const keyOf = attributeGetter(runtime, name, {
    fallback,
    postprocess: toFlag(caseSensitive) ? undefined : ignoreCase,
  });
  const shownKeyOf = attributeGetter(runtime, name, { fallback });
  const groups: { readonly key: RuntimeValue; readonly items: RuntimeValue[] }[] = [];
  for (const item of sortBy([...ticking(runtime, iterate(value))], keyOf)) {
    const key = keyOf(item);
    const current = groups.at(-1);
    if (current !== undefined && equals(current.key, key)) current.items.push(item);
    else groups.push({ key, items: [item] });
  }
  return groups.map(({ items }) => new Group([shownKeyOf(items[0] ?? null), items]));
}

function dictSort(value: RuntimeValue, [caseSensitive, by, descending]: BoundArguments): RuntimeValue[] {
  if (value instanceof Undefined) value.fail();
  if (!(value instanceof Map)) throw fault(`'${typeName(value)}' object has no attribute 'items'`);
  const way = toTextArgument(by, 'key');
  if (way !== 'key' && way !== 'value') throw fault('You can only sort by either "key" or "value"');
  const keyOf = ([key, item]: [RuntimeValue, RuntimeValue]): RuntimeValue => {
    const sorted = way === 'key' ? key : item;
    return toFlag(caseSensitive) ? sorted : ignoreCase(sorted);
  };
  return sortBy([...value], keyOf, toFlag(descending)).map((pair) => new Tuple(pair));
}

function* pairs(value: RuntimeValue): Generator<RuntimeValue, void, undefined> {
  if (value instanceof Undefined) return;
  if (!(value instanceof Map)) throw fault('Can only get item pairs from a mapping.');
  for (const pair of value) yield new Tuple(pair);
}

function pickRandom(value: RuntimeValue, runtime: Runtime): RuntimeValue {
  const items = value instanceof PythonObject || Array.isArray(value) ? toList(value) : toCharacters(toText(value));
  const item = items[Math.floor(runtime.random() * items.length)];
  return item === undefined ? runtime.undefined({ message: 'No random item, sequence was empty.' }) : item;
}

export const sequenceFilters: readonly Routine[] = [
  routine('join', 'd? attribute?', join),
  routine('first', '', (value, _args, runtime) => first(value, runtime)),
  routine('last', '', (value, _args, runtime) => last(value, runtime)),
  routine('length', '', (value) => lengthOf(value)),
  routine('count', '', (value) => lengthOf(value)),
  routine('list', '', (value, _args, runtime) => Array.from(ticking(runtime, iterate(value)))),
  routine('reverse', '', (value) => reverse(value)),
  routine('sort', 'reverse? case_sensitive? attribute?', sort),
  routine('sum', 'attribute? start?', sum),
  routine(
    'batch',
    'linecount fill_with?',
    (value, [size, fill]) => new PythonIterator(batches(value, toIntArgument(size), fill ?? null)),
  ),
  routine(
    'slice',
    'slices fill_with?',
    (value, [count, fill]) => new PythonIterator(slices(value, toIntArgument(count), fill ?? null)),
  ),
  routine('groupby', 'attribute default? case_sensitive?', groupBy),
  routine('dictsort', 'case_sensitive? by? reverse?', dictSort),
  routine('items', '', (value) => new PythonIterator(pairs(value))),
  routine('random', '', (value, _args, runtime) => pickRandom(value, runtime)),
  routine('default', 'default_value? boolean?', applyDefault),
  routine('d', 'default_value? boolean?', applyDefault),
  routine('attr', 'name', (value, [name], runtime) => {
    const wanted = toTextArgument(name);
    // The attribute of an empty dict is a method or nothing: never one of the items.
    const attribute = runtime.attribute(value instanceof Map ? new Map() : value, wanted);
    return value instanceof Map && !(attribute instanceof Undefined) ? runtime.attribute(value, wanted) : attribute;
  }),
];

function applyDefault(value: RuntimeValue, [fallback, boolean]: BoundArguments): RuntimeValue {
  const otherwise = fallback === undefined ? '' : fallback;
  if (value instanceof Undefined) return value.forbidden ? value.fail() : otherwise;
  return toFlag(boolean) && !isTrue(value) ? otherwise : value;
}
