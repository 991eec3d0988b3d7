import { isDict, type Value } from '@brine/common';

/**
 * Makes a list or dict hold what another holds, members of the same kind being changed in turn rather than
 * replaced, so that whoever else has them sees the change.
 */
export function takeOver(target: Value, source: Value): void {
  if (isDict(target) && isDict(source)) {
    const before = new Map(target);
    target.clear();
    for (const [key, value] of source) target.set(key, keep(before.get(key), value));
  } else if (Array.isArray(target) && Array.isArray(source)) {
    const kept = source.map((value, index) => keep(target[index], value));
    target.splice(0, target.length, ...kept);
  }
}

function keep(before: Value | undefined, now: Value): Value {
  const isSameKind = (isDict(before ?? null) && isDict(now)) || (Array.isArray(before) && Array.isArray(now));
  if (before === undefined || !isSameKind) return now;
  takeOver(before, now);
  return before;
}
