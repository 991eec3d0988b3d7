import { NativeFunction } from '../runtime/native-function.ts';
import { isNumeric } from '../values/numbers.ts';
import { repr } from '../values/python-text.ts';
import { Tuple, type RuntimeDict, type RuntimeValue } from '../values/runtime-value.ts';

/** `show_full_context()`: everything a template was given, with objects as their `repr`. */
export function showFullContext(given: ReadonlyMap<string, RuntimeValue>): RuntimeValue {
  return new NativeFunction('show_full_context', () => simplifyDict(new Map<RuntimeValue, RuntimeValue>(given)));
}

function isSimple(value: RuntimeValue): boolean {
  return value === null || typeof value === 'string' || isNumeric(value);
}

function simplify(value: RuntimeValue): RuntimeValue {
  if (isSimple(value)) return value;
  if (value instanceof Map) return simplifyDict(value);
  if (Array.isArray(value)) return value.map(simplify);
  return value instanceof Tuple ? value.items.map(simplify) : repr(value);
}

function simplifyDict(dict: RuntimeDict): RuntimeDict {
  return new Map(Array.from(dict, ([key, item]) => [isSimple(key) ? key : repr(key), simplify(item)]));
}
