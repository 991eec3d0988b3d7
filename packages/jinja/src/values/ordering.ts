import { compareTexts } from '@brine/common';
import { fault } from '../template-fault.ts';
import { identicalOrEqual } from './equality.ts';
import { isFloatLike, isNumeric, toInt, toNumber } from './numbers.ts';
import { Markup, Tuple, Undefined, type RuntimeValue } from './runtime-value.ts';
import { typeName } from './type-name.ts';

export type OrderingOperator = '<' | '<=' | '>' | '>=';

/**
 * Orders two values: negative, zero or positive, `NaN` when a NaN takes part. Throws for values that Python does
 * not order, naming `operator`.
 */
export function order(a: RuntimeValue, b: RuntimeValue, operator: OrderingOperator = '<'): number {
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  if (isNumeric(a) && isNumeric(b)) return orderNumbers(a, b);
  return orderOthers(plain(a), plain(b), operator);
}

/** Marked text as text; an undefined fails here. */
function plain(value: RuntimeValue): RuntimeValue {
  if (value instanceof Undefined) return value.fail();
  return value instanceof Markup ? value.text : value;
}

function orderOthers(a: RuntimeValue, b: RuntimeValue, operator: OrderingOperator): number {
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  if (Array.isArray(a) && Array.isArray(b)) return orderItems(a, b, operator);
  if (a instanceof Tuple && b instanceof Tuple) return orderItems(a.items, b.items, operator);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  throw fault(`'${operator}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`, helpFor(a, b));
}

function helpFor(a: RuntimeValue, b: RuntimeValue): string | undefined {
  if (isNumeric(a) && typeof b === 'string') return 'turn the text into a number with `| int` or `| float`';
  if (typeof a === 'string' && isNumeric(b)) return 'turn the text into a number with `| int` or `| float`';
  return undefined;
}

type Numeric = Parameters<typeof toNumber>[0];

function orderNumbers(a: Numeric, b: Numeric): number {
  const left = isFloatLike(a) ? toNumber(a) : toInt(a as number | bigint | boolean);
  const right = isFloatLike(b) ? toNumber(b) : toInt(b as number | bigint | boolean);
  if (Number.isNaN(left) || Number.isNaN(right)) return Number.NaN;
  if (left == right) return 0;
  return left < right ? -1 : 1;
}

function orderItems(a: readonly RuntimeValue[], b: readonly RuntimeValue[], operator: OrderingOperator): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index += 1) {
    const left = a[index] as RuntimeValue;
    const right = b[index] as RuntimeValue;
    if (!identicalOrEqual(left, right)) return order(left, right, operator);
  }
  return a.length - b.length;
}

/** Python's `sorted(items, key=…, reverse=…)`: stable, also when reversed. */
export function sortBy<Item>(items: readonly Item[], keyOf: (item: Item) => RuntimeValue, reverse = false): Item[] {
  const keyed = items.map((item) => ({ item, key: keyOf(item) }));
  keyed.sort(reverse ? (a, b) => order(b.key, a.key) : (a, b) => order(a.key, b.key));
  return keyed.map(({ item }) => item);
}
