import { AppError } from './app-error.ts';
import { Float, isDict, type Dict, type Value } from './value.ts';

/** Whether two values are equal as Python says: `1 == 1.0 == True`, deep, dicts whatever their order. */
export function equalValues(a: Value, b: Value): boolean {
  if (a === b) return true;
  const left = toComparable(a);
  const right = toComparable(b);
  // Mixed int, bigint and float compare exactly with ==.
  if (isNumeric(left)) return isNumeric(right) && left == right;
  if (Array.isArray(left)) return Array.isArray(right) && equalLists(left, right);
  if (isDict(left)) return isDict(right) && equalDicts(left, right);
  if (left instanceof Uint8Array) return right instanceof Uint8Array && compareBytes(left, right) === 0;
  return left === right;
}

/**
 * Orders two values as Python's `<` does: numbers among themselves, texts by code point, bytes, lists member by
 * member. Negative, zero or positive; `NaN` when one of them is NaN. Throws `value-unordered` for kinds Python
 * does not order (`1 < 'a'`, dicts, None).
 */
export function compareValues(a: Value, b: Value): number {
  const left = toComparable(a);
  const right = toComparable(b);
  if (isNumeric(left) && isNumeric(right)) return compareNumbers(left, right);
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right);
  if (Array.isArray(left) && Array.isArray(right)) return compareLists(left, right);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return compareBytes(left, right);
  throw new AppError({
    code: 'value-unordered',
    message: `'<' not supported between instances of '${pythonTypeName(a)}' and '${pythonTypeName(b)}'`,
  });
}

/** The name of a value's type in Python: `int`, `str`, `NoneType`, … */
export function pythonTypeName(value: Value): string {
  if (value === null) return 'NoneType';
  if (value instanceof Float) return 'float';
  if (value instanceof Uint8Array) return 'bytes';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return 'dict';
}

/**
 * What a value is as a key of a Python dict: two keys are the same key there exactly when this is the same
 * (`1`, `1.0` and `True` are one key). `undefined` for lists and dicts, which cannot be keys.
 */
export function dictKeyIdentity(key: Value): string | undefined {
  const comparable = toComparable(key);
  if (typeof comparable === 'string') return `s${comparable}`;
  if (comparable === null) return 'null';
  if (comparable instanceof Uint8Array) return `b${comparable.join()}`;
  if (!isNumeric(comparable)) return undefined;
  return `n${typeof comparable === 'number' && Number.isInteger(comparable) ? BigInt(comparable) : comparable}`;
}

type Comparable = null | number | bigint | string | Uint8Array | Value[] | Dict;

function toComparable(value: Value): Comparable {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value instanceof Float ? value.value : value;
}

function isNumeric(value: Comparable): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  if (a == b) return 0;
  return a < b ? -1 : 1;
}

/** Orders two texts by code point, as Python does (JavaScript's own `<` goes by UTF-16 unit). */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  let index = 0;
  while (index < length && a[index] === b[index]) index += 1;
  if (index === length) return a.length - b.length;
  // The first differing unit may be the second half of a pair: its code point is below, yet the first halves agree.
  return codePointOrder(a, index) - codePointOrder(b, index);
}

function codePointOrder(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  const isPair = unit >= 0xd800 && unit <= 0xdfff;
  return isPair ? unit + 0x10000 : unit;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (const [index, byte] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (byte !== other) return byte - other;
  }
  return a.length - b.length;
}

function compareLists(a: readonly Value[], b: readonly Value[]): number {
  for (const [index, item] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (!equalValues(item, other)) return compareValues(item, other);
  }
  return a.length - b.length;
}

function equalLists(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((item, index) => equalValues(item, b[index] ?? null));
}

function equalDicts(a: Dict, b: Dict): boolean {
  if (a.size !== b.size) return false;
  let byIdentity: Map<string | undefined, Value> | undefined;
  for (const [key, item] of a) {
    let other = b.get(key);
    if (other === undefined) {
      byIdentity ??= new Map(Array.from(b, ([name, value]) => [dictKeyIdentity(name), value]));
      other = byIdentity.get(dictKeyIdentity(key));
    }
    if (other === undefined || !equalValues(item, other)) return false;
  }
  return true;
}
