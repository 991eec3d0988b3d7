import { liftMarkedKeywords } from './marked-keywords.ts';
import type { Dict, Value } from './value.ts';

/** One function with its arguments. */
export interface JobCall {
  readonly fun: string;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
}

/**
 * The calls that a job stands for. `a.b,c.d` names several functions: the positional arguments are then one list for
 * each, whose keyword arguments are a dict in it with `__kwarg__: true`. A list that is not there is empty.
 */
export function callsOf({ fun, positional, keyword }: JobCall): readonly JobCall[] {
  const names = fun.split(',');
  if (names.length === 1) return [{ fun, ...liftMarkedKeywords(positional, keyword) }];
  return names.map((name, index) => {
    const own = positional[index] ?? [];
    return { fun: name, ...liftMarkedKeywords(Array.isArray(own) ? own : [own], new Map()) };
  });
}

/** Whether a job runs several functions. */
export function isCompound(fun: string): boolean {
  return fun.includes(',');
}
