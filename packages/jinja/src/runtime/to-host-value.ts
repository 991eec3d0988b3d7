import { Float, type Value } from '@brine/common';
import { fault } from '../template-fault.ts';
import { tryIterate } from '../values/iteration.ts';
import { Markup, PythonObject, Undefined, type RuntimeDict, type RuntimeValue } from '../values/runtime-value.ts';
import { typeName } from '../values/type-name.ts';

/**
 * A value as functions outside of templates take it: tuples and iterators as lists, marked text as text. What holds
 * none of these is handed over as it is, so that functions that change their arguments can.
 */
export function toHostValue(value: RuntimeValue): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return isPlain(value) ? (value as Value[]) : value.map(toHostValue);
  if (value instanceof Map) return isPlain(value) ? (value as Map<Value, Value>) : convertDict(value);
  if (value instanceof Markup) return value.text;
  if (value instanceof Undefined) return value.toText();
  if (!(value instanceof PythonObject)) return value;
  const items = value.isCallable ? undefined : tryIterate(value);
  if (items === undefined) throw fault(`a ${typeName(value)} cannot be handed to a function outside of the template`);
  return Array.from(items, toHostValue);
}

function convertDict(dict: RuntimeDict): Map<Value, Value> {
  return new Map(Array.from(dict, ([key, item]) => [toHostValue(key), toHostValue(item)]));
}

/** Whether a value and everything in it is one of the values of `@brine/common`. */
function isPlain(value: RuntimeValue): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isPlain);
  if (value instanceof Map) {
    for (const [key, item] of value) if (!isPlain(key) || !isPlain(item)) return false;
    return true;
  }
  return value instanceof Float || value instanceof Uint8Array;
}
