import { traverse, type Value } from '@brine/common';

/** The value at a path, which may be null; `absent` when there is none. */
export function valueAt<Absent>(value: Value, path: string, delimiter: string, absent: Absent): Value | Absent {
  const found = traverse(value, path, delimiter);
  return found === undefined ? absent : found;
}
