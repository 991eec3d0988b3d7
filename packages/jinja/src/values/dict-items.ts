import { findKey } from './equality.ts';
import { Markup, type RuntimeDict, type RuntimeValue } from './runtime-value.ts';

/** The value at a key, or `undefined` when the dict has none. */
export function getItem(dict: RuntimeDict, key: RuntimeValue): RuntimeValue | undefined {
  if (typeof key === 'string') return dict.get(key);
  const found = findKey(dict, key);
  return found === undefined ? undefined : dict.get(found);
}

/** Sets a key; an equal key that is there keeps its place and its spelling, as in Python. */
export function setItem(dict: RuntimeDict, key: RuntimeValue, value: RuntimeValue): void {
  if (typeof key === 'string') {
    dict.set(key, value);
    return;
  }
  const found = findKey(dict, key);
  dict.set(found ?? (key instanceof Markup ? key.text : key), value);
}
