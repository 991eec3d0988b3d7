import type { Dict, Value } from './value.ts';

/** Sets a key to a value, or takes it away where there is none. */
export function setOrDelete(dict: Dict, key: Value, value: Value | undefined): void {
  if (value === undefined) dict.delete(key);
  else dict.set(key, value);
}
