import { fault } from '../template-fault.ts';
import { PythonObject, type RuntimeDict, type RuntimeValue } from './runtime-value.ts';
import { textLength, toCharacters } from './text-units.ts';
import { typeName } from './type-name.ts';

/** What Python's `iter(value)` goes over; `undefined` when the value cannot be gone over. */
export function tryIterate(value: RuntimeValue): Iterable<RuntimeValue> | undefined {
  if (typeof value === 'string') return toCharacters(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return value;
  if (value instanceof Map) return keysOf(value);
  if (value instanceof PythonObject) return value.iterate();
  return value instanceof Uint8Array ? value : undefined;
}

/** What Python's `iter(value)` goes over; throws when the value cannot be gone over. */
export function iterate(value: RuntimeValue): Iterable<RuntimeValue> {
  const items = tryIterate(value);
  if (items === undefined) throw fault(`'${typeName(value)}' object is not iterable`);
  return items;
}

/** Python's `list(value)`. */
export function toList(value: RuntimeValue): RuntimeValue[] {
  return Array.isArray(value) ? value.slice() : Array.from(iterate(value));
}

function keysOf(dict: RuntimeDict): Iterable<RuntimeValue> {
  return watchSize(dict, dict.keys());
}

/** Goes over a dict's keys, values or items and fails, as Python does, when the dict grows or shrinks meanwhile. */
export function* watchSize<Item>(dict: RuntimeDict, items: Iterable<Item>): Generator<Item, void, undefined> {
  const size = dict.size;
  for (const item of items) {
    if (dict.size !== size) throw fault('dictionary changed size during iteration');
    yield item;
  }
  if (dict.size !== size) throw fault('dictionary changed size during iteration');
}

/** Python's `len(value)`; throws when the value has no length. */
export function lengthOf(value: RuntimeValue): number {
  const length = tryLength(value);
  if (length === undefined) throw fault(`object of type '${typeName(value)}' has no len()`);
  return length;
}

/** Python's `len(value)`, or `undefined` when the value has no length. */
export function tryLength(value: RuntimeValue): number | undefined {
  if (typeof value === 'string') return textLength(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map) return value.size;
  if (value instanceof PythonObject) return value.size();
  return value instanceof Uint8Array ? value.length : undefined;
}
