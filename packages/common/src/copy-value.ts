import { isDict, ValueSet, type Value } from './value.ts';

/** A deep copy that shares no list and no dict with the original. */
export function copyValue<T extends Value>(value: T): T {
  return copy(value) as T;
}

function copy(value: Value): Value {
  if (Array.isArray(value)) return value.map(copy);
  if (value instanceof ValueSet) return new ValueSet(value);
  if (isDict(value)) return new Map(Array.from(value, ([key, item]) => [key, copy(item)]));
  return value;
}
