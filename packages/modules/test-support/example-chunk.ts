import { isDict, loadYaml, type Dict, type Value } from '@brine/common';
import type { StateDeclaration } from '../src/kit/index.ts';

/** The first example of a state as its low chunk. */
export function chunkOf(declaration: StateDeclaration): Dict {
  const { value } = loadYaml(declaration.examples[0] ?? '');
  for (const [id, body] of isDict(value) ? value : []) {
    const rows = isDict(body) ? body.get(declaration.name) : undefined;
    if (!Array.isArray(rows)) continue;
    return new Map<Value, Value>([['name', id], ...rows.filter(isDict).flatMap((row) => [...row])]);
  }
  throw new Error(`${declaration.name} has no example`);
}
