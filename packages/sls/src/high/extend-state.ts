import { isDict, type Dict, type Value } from '@brine/common';
import { referenceKeywords } from '../requisites/requisite-keywords.ts';
import type { Origins } from './origins.ts';

/**
 * What a state's list becomes when another one extends it: arguments of the same key are replaced, lists of
 * references are joined, the function is replaced, everything else is added. Neither list is changed.
 */
export function extendState(parts: readonly Value[], additions: readonly Value[], origins: Origins): Value[] {
  const extended = [...parts];
  origins.note(extended, origins.spanOf(parts as Value[]));
  for (const addition of additions) {
    const isUsed = extended.map((part, index) => {
      const merged = mergePart(part, addition, origins);
      if (merged !== undefined) extended[index] = merged.part;
      return merged?.isSame ?? false;
    });
    if (!isUsed.includes(true)) extended.push(addition);
  }
  return extended;
}

interface MergedPart {
  readonly part: Value;
  /** Whether the addition found its place with this. */
  readonly isSame: boolean;
}

function mergePart(part: Value, addition: Value, origins: Origins): MergedPart | undefined {
  if (typeof part === 'string' && typeof addition === 'string') return { part: addition, isSame: true };
  if (!isDict(part) || !isDict(addition)) return undefined;
  const key = firstKey(part);
  const added = firstKey(addition);
  if (key === 'names' && added === 'name') return { part: addition, isSame: false };
  if (key !== added || typeof key !== 'string') return undefined;
  const present = part.get(key);
  const more = addition.get(key);
  if (!referenceKeywords.has(key) || !Array.isArray(present) || !Array.isArray(more)) {
    return { part: addition, isSame: true };
  }
  const joined: Dict = new Map([[key, [...present, ...more]]]);
  origins.note(joined, origins.spanOf(part));
  return { part: joined, isSame: true };
}

function firstKey(part: Dict): Value | undefined {
  const first = part.keys().next();
  return first.done === true ? undefined : first.value;
}
