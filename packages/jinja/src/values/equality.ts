import { Float } from '@brine/common';
import { fault } from '../template-fault.ts';
import { isNumeric, toNumber } from './numbers.ts';
import { Markup, PythonObject, Tuple, Undefined, type RuntimeDict, type RuntimeValue } from './runtime-value.ts';
import { typeName } from './type-name.ts';

/** Python's `==`: `1 == 1.0 == True`, deep; a list never equals a tuple. */
export function equals(a: RuntimeValue, b: RuntimeValue): boolean {
  if (a === b && !(a instanceof Undefined)) return true;
  if (typeof a === 'string' && typeof b === 'string') return false;
  if (isNumeric(a)) return equalsNumber(a, b);
  if (a instanceof PythonObject || b instanceof PythonObject) return equalObjects(a, b);
  return equalContainers(a, b);
}

function equalContainers(a: RuntimeValue, b: RuntimeValue): boolean {
  if (Array.isArray(a)) return Array.isArray(b) && equalItems(a, b);
  if (a instanceof Map) return b instanceof Map && equalDicts(a, b);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  return false;
}

function equalsNumber(a: number | bigint | boolean | Float, b: RuntimeValue): boolean {
  if (!isNumeric(b)) return b instanceof Undefined && b.equals(a);
  const left = a instanceof Float || typeof a === 'boolean' ? toNumber(a) : a;
  const right = b instanceof Float || typeof b === 'boolean' ? toNumber(b) : b;
  // Number and bigint compare exactly with ==.
  return left == right;
}

function equalObjects(a: RuntimeValue, b: RuntimeValue): boolean {
  if (a instanceof Undefined) return a.equals(b);
  if (b instanceof Undefined) return b.equals(a);
  if (a instanceof Markup || b instanceof Markup) return plainText(a) === plainText(b);
  if (a instanceof Tuple) return b instanceof Tuple && equalItems(a.items, b.items);
  return a instanceof PythonObject && a.equals(b);
}

function plainText(value: RuntimeValue): RuntimeValue {
  return value instanceof Markup ? value.text : value;
}

function equalItems(a: readonly RuntimeValue[], b: readonly RuntimeValue[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((item, index) => identicalOrEqual(item, b[index] as RuntimeValue));
}

function equalDicts(a: RuntimeDict, b: RuntimeDict): boolean {
  if (a.size !== b.size) return false;
  for (const [key, item] of a) {
    const found = findKey(b, key);
    if (found === undefined || !identicalOrEqual(item, b.get(found) as RuntimeValue)) return false;
  }
  return true;
}

/** How members of containers are compared: the same object is equal to itself, even NaN or an undefined. */
export function identicalOrEqual(a: RuntimeValue, b: RuntimeValue): boolean {
  return a === b || equals(a, b);
}

/**
 * The key of a dict that equals a key, or `undefined`. JavaScript's maps find texts, ints and `None`; Python's
 * `1 == 1.0 == True` and equal tuples are found here. Throws for keys that cannot be hashed.
 */
export function findKey(dict: RuntimeDict, key: RuntimeValue): RuntimeValue | undefined {
  if (typeof key === 'string') return dict.has(key) ? key : undefined;
  refuseUnhashable(key);
  if (dict.has(key)) return key;
  if (key instanceof Markup) return dict.has(key.text) ? key.text : undefined;
  if (key instanceof Tuple) return scan(dict, key, (candidate) => candidate instanceof Tuple);
  return isWholeNumber(key) ? scan(dict, key, isWholeNumber) : undefined;
}

function isWholeNumber(value: RuntimeValue): boolean {
  return typeof value === 'number' || typeof value === 'boolean' || value instanceof Float || typeof value === 'bigint';
}

function scan(
  dict: RuntimeDict,
  key: RuntimeValue,
  isCandidate: (value: RuntimeValue) => boolean,
): RuntimeValue | undefined {
  for (const candidate of dict.keys()) if (isCandidate(candidate) && equals(candidate, key)) return candidate;
  return undefined;
}

/** Throws unless a value can be a key of a dict. */
function refuseUnhashable(key: RuntimeValue): void {
  if (typeof key !== 'object' || key === null) return;
  if (Array.isArray(key) || key instanceof Map) throw fault(`unhashable type: '${typeName(key)}'`);
  if (key instanceof Tuple) key.items.forEach(refuseUnhashable);
  if (key instanceof Undefined) key.isTrue();
}
