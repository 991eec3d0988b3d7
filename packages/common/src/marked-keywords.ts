import { isDict, type Dict, type Value } from './value.ts';

const mark = '__kwarg__';

/**
 * Takes the keyword arguments out of positional ones: a dict with `__kwarg__: true` stands for its entries, as clients
 * of Salt send them. The mark itself is never handed on.
 */
export function liftMarkedKeywords(
  positional: readonly Value[],
  keyword: Dict,
): { readonly positional: readonly Value[]; readonly keyword: Dict } {
  const lifted: Dict = new Map(keyword);
  const rest: Value[] = [];
  for (const value of positional) {
    if (!isDict(value) || !value.has(mark)) {
      rest.push(value);
      continue;
    }
    const entries = [...value].filter(([key]) => key !== mark);
    if (value.get(mark) === true) for (const [key, item] of entries) lifted.set(key, item);
    else rest.push(new Map(entries));
  }
  return { positional: rest, keyword: lifted };
}
