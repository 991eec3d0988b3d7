import { dictKeyIdentity } from './compare-values.ts';
import type { Dict, Value } from './value.ts';

/** The item a dict has for a key, with Python's idea of equal keys (`1`, `1.0` and `True` are one). */
export function getItem(dict: Dict, key: Value): Value | undefined {
  const found = dict.get(key);
  if (found !== undefined || typeof key === 'string') return found;
  const identity = dictKeyIdentity(key);
  if (identity === undefined) return undefined;
  for (const [candidate, item] of dict) if (dictKeyIdentity(candidate) === identity) return item;
  return undefined;
}
