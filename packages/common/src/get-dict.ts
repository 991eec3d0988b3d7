import { isDict, type Dict, type Value } from './value.ts';

/** The dict found by going down `keys` from `value`, or `undefined` when one of them is no dict or is missing. */
export function getDict(value: Value | undefined, ...keys: readonly Value[]): Dict | undefined {
  let current = value;
  for (const key of keys) {
    if (!isDict(current)) return undefined;
    current = current.get(key);
  }
  return isDict(current) ? current : undefined;
}
