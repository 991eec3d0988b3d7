import { encodeValue, pythonStr, type Dict, type Value } from '@brine/common';

/** The keys whose value differs between two configurations, sorted. */
export function changedKeys(before: Dict, after: Dict): readonly string[] {
  const keys = new Set<Value>([...before.keys(), ...after.keys()]);
  return [...keys]
    .filter((key) => !isSame(before.get(key), after.get(key)))
    .map(pythonStr)
    .sort();
}

function isSame(one: Value | undefined, other: Value | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return Buffer.from(encodeValue(one)).equals(encodeValue(other));
}
