import { isDict, matchGlob, type Dict, type Value } from '@brine/common';
import { declaredIds, textOf } from './declared-states.ts';

/** What an exclude list leaves out. */
export interface Exclusions {
  hasId(id: string): boolean;
  hasSls(sls: string): boolean;
}

/** Reads an exclude list: `{id: ID}`, `{sls: GLOB}`, or the sls alone. */
export function readExclusions(exclude: Value | undefined): Exclusions {
  const ids = new Set<Value>();
  const globs: string[] = [];
  for (const entry of Array.isArray(exclude) ? exclude : []) {
    if (typeof entry === 'string') globs.push(entry);
    if (!isDict(entry) || entry.size !== 1) continue;
    const sls = entry.get('sls');
    const id = entry.get('id');
    if (typeof sls === 'string') globs.push(sls);
    if (id !== undefined) ids.add(id);
  }
  return {
    hasId: (id) => ids.has(id),
    hasSls: (sls) => globs.some((glob) => glob === sls || matchGlob(glob, sls)),
  };
}

/** High data without what its `__exclude__` lists, and without that list. */
export function applyExclusions(high: Dict): Dict {
  const exclusions = readExclusions(high.get('__exclude__'));
  const kept: Dict = new Map(high);
  kept.delete('__exclude__');
  for (const [id, body] of declaredIds(high)) {
    const sls = textOf(body, '__sls__');
    if (exclusions.hasId(id) || (sls !== undefined && exclusions.hasSls(sls))) kept.delete(id);
  }
  return kept;
}
