import { pythonStr } from './python-repr.ts';
import type { Value } from './value.ts';

/** Names of returners as options and configuration write them: a text with commas, or a list. Each once, in order. */
export function returnNames(...given: readonly (Value | undefined)[]): readonly string[] {
  const words = given.flatMap((one) => (Array.isArray(one) ? one.map(pythonStr) : [pythonStr(one ?? '')]));
  return [...new Set(words.flatMap((word) => word.split(',')).map((word) => word.trim()))].filter(
    (name) => name !== '',
  );
}
