import { dumpJson } from '@brine/common';
import { absolute, divide } from '../operators/arithmetic.ts';
import { add } from '../operators/sequences.ts';
import { contains } from '../operators/comparison.ts';
import { fault } from '../template-fault.ts';
import { toHostValue } from '../runtime/to-host-value.ts';
import { lengthOf } from '../values/iteration.ts';
import { fromFloat, fromWholeNumber, isNumeric, toNumber } from '../values/numbers.ts';
import { order, sortBy } from '../values/ordering.ts';
import { parseFloatText, parseInteger } from '../values/parse-number.ts';
import { Tuple, type RuntimeDict, type RuntimeValue } from '../values/runtime-value.ts';
import { toCharacters } from '../values/text-units.ts';

/** An expression handed to a function, as in `sort_by(hosts, &name)`. */
export type JmesReference = (item: RuntimeValue) => RuntimeValue;

type Argument = RuntimeValue | JmesReference;
type JmesFunction = (args: readonly Argument[]) => RuntimeValue;

function valueOf(argument: Argument | undefined): RuntimeValue {
  if (argument === undefined) throw fault('jmespath: an argument of a function is missing');
  if (typeof argument === 'function') throw fault('jmespath: a value was expected, not an expression reference');
  return argument;
}

function listOf(argument: Argument | undefined): readonly RuntimeValue[] {
  const value = valueOf(argument);
  if (value instanceof Tuple) return value.items;
  if (!Array.isArray(value)) throw fault('jmespath: a function expected an array');
  return value;
}

function dictOf(argument: Argument | undefined): RuntimeDict {
  const value = valueOf(argument);
  if (!(value instanceof Map)) throw fault('jmespath: a function expected an object');
  return value;
}

function textOf(argument: Argument | undefined): string {
  const value = valueOf(argument);
  if (typeof value !== 'string') throw fault('jmespath: a function expected a string');
  return value;
}

function numberOf(argument: Argument | undefined): number {
  const value = valueOf(argument);
  if (!isNumeric(value) || typeof value === 'boolean') throw fault('jmespath: a function expected a number');
  return toNumber(value);
}

function keyOf(argument: Argument | undefined): JmesReference {
  if (typeof argument !== 'function') throw fault('jmespath: a function expected an expression reference, as in &name');
  return argument;
}

function extreme(items: readonly RuntimeValue[], direction: 1 | -1, key: JmesReference): RuntimeValue {
  let best: RuntimeValue | undefined;
  for (const item of items) if (best === undefined || order(key(item), key(best)) * direction > 0) best = item;
  return best ?? null;
}

const itself: JmesReference = (item) => item;

function typeOf(value: RuntimeValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  if (isNumeric(value)) return 'number';
  return value instanceof Map ? 'object' : 'array';
}

function toNumberValue(value: RuntimeValue): RuntimeValue {
  if (isNumeric(value) && typeof value !== 'boolean') return value;
  if (typeof value !== 'string') return null;
  const float = parseFloatText(value);
  return parseInteger(value) ?? (float === undefined ? null : fromFloat(float));
}

const numberFunctions: readonly (readonly [string, JmesFunction])[] = [
  ['abs', ([value]) => absolute(valueOf(value))],
  ['ceil', ([value]) => fromWholeNumber(Math.ceil(numberOf(value)))],
  ['floor', ([value]) => fromWholeNumber(Math.floor(numberOf(value)))],
  ['sum', ([list]) => listOf(list).reduce((total, item) => add(total, item), 0)],
  [
    'avg',
    ([list]) => {
      const items = listOf(list);
      return items.length === 0
        ? null
        : divide(
            items.reduce((total, item) => add(total, item), 0),
            items.length,
          );
    },
  ],
  ['to_number', ([value]) => toNumberValue(valueOf(value))],
];

const textFunctions: readonly (readonly [string, JmesFunction])[] = [
  ['starts_with', ([text, prefix]) => textOf(text).startsWith(textOf(prefix))],
  ['ends_with', ([text, suffix]) => textOf(text).endsWith(textOf(suffix))],
  [
    'join',
    ([glue, list]) =>
      listOf(list)
        .map((item) => textOf(item))
        .join(textOf(glue)),
  ],
  ['to_string', ([value]) => toJsonText(valueOf(value))],
  ['type', ([value]) => typeOf(valueOf(value))],
];

function toJsonText(value: RuntimeValue): string {
  return typeof value === 'string' ? value : dumpJson(toHostValue(value), { separators: 'compact' });
}

function reverse(value: RuntimeValue): RuntimeValue {
  return typeof value === 'string' ? toCharacters(value).toReversed().join('') : listOf(value).toReversed();
}

function merge(dicts: readonly Argument[]): RuntimeDict {
  return new Map(dicts.flatMap((dict) => [...dictOf(dict)]));
}

const collectionFunctions: readonly (readonly [string, JmesFunction])[] = [
  ['length', ([value]) => lengthOf(valueOf(value))],
  ['contains', ([container, item]) => containsItem(valueOf(container), valueOf(item))],
  ['keys', ([dict]) => [...dictOf(dict).keys()]],
  ['values', ([dict]) => [...dictOf(dict).values()]],
  ['merge', merge],
  ['not_null', (args) => args.map(valueOf).find((value) => value !== null) ?? null],
  ['to_array', ([value]) => (Array.isArray(value) ? value : [valueOf(value)])],
  ['reverse', ([value]) => reverse(valueOf(value))],
  ['sort', ([list]) => sortBy(listOf(list), itself)],
  ['sort_by', ([list, key]) => sortBy(listOf(list), keyOf(key))],
  ['max', ([list]) => extreme(listOf(list), 1, itself)],
  ['min', ([list]) => extreme(listOf(list), -1, itself)],
  ['max_by', ([list, key]) => extreme(listOf(list), 1, keyOf(key))],
  ['min_by', ([list, key]) => extreme(listOf(list), -1, keyOf(key))],
  ['map', ([key, list]) => listOf(list).map(keyOf(key))],
];

function containsItem(container: RuntimeValue, item: RuntimeValue): boolean {
  return typeof container === 'string' && typeof item !== 'string' ? false : contains(container, item);
}

/** The built-in functions of JMESPath. */
export const jmesFunctions: ReadonlyMap<string, JmesFunction> = new Map([
  ...numberFunctions,
  ...textFunctions,
  ...collectionFunctions,
]);
