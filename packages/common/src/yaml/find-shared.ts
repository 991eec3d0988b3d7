import { isDict, type Dict, type Value } from '../value.ts';

/**
 * Names the lists and dicts that occur more than once in a value: `id001` and so on, in the order in which each is
 * met for the second time. `entriesOf` gives a dict's entries in the order in which they are written.
 */
export function findShared(
  value: Value,
  entriesOf: (dict: Dict) => readonly (readonly [Value, Value])[],
): ReadonlyMap<Value, string> {
  const seen = new Set<Value>();
  const names = new Map<Value, string>();
  const visit = (node: Value): void => {
    if (!Array.isArray(node) && !isDict(node)) return;
    if (seen.has(node)) {
      if (!names.has(node)) names.set(node, `id${String(names.size + 1).padStart(3, '0')}`);
      return;
    }
    seen.add(node);
    if (Array.isArray(node)) node.forEach(visit);
    else for (const [, item] of entriesOf(node)) visit(item);
  };
  visit(value);
  return names;
}
