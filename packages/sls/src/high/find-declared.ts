import { isDict, type Dict, type Value } from '@brine/common';
import { argumentsIn, declaredIds, statesOf, textOf } from './declared-states.ts';

/** A state of an id in high data. */
export interface StateReference {
  readonly id: string;
  readonly state: string;
}

/**
 * Finds the ids whose states of one type a reference by id or by name means. Names are searched once per high
 * data, which therefore must not change between the searches.
 */
export interface DeclaredIndex {
  /** States of type `state` with this id, or else with an argument of this value (Salt's find by name). */
  find(state: string, name: string): readonly StateReference[];
  /** The first state of the id, or else of the id that has this name. */
  findBare(name: string): StateReference | undefined;
  /** Every state of an sls. */
  inSls(sls: string): readonly StateReference[];
}

/** Indexes high data for references. */
export function createDeclaredIndex(high: Dict): DeclaredIndex {
  const byValue = new Map<string, StateReference[]>();
  const byName = new Map<string, StateReference>();
  const bySls = new Map<string, StateReference[]>();
  for (const [id, body] of declaredIds(high)) {
    for (const { state, parts } of statesOf(id, body)) {
      const reference = { id, state };
      append(bySls, textOf(body, '__sls__') ?? '', reference);
      for (const [key, value] of argumentsIn(parts)) {
        if (typeof value !== 'string') continue;
        append(byValue, `${state}\0${value}`, reference);
        if (key === 'name') byName.set(value, reference);
      }
    }
  }
  return {
    find(state, name) {
      const body = high.get(name);
      if (isDict(body) && body.has(state)) return [{ id: name, state }];
      return byValue.get(`${state}\0${name}`) ?? [];
    },
    findBare: (name) => firstState(high, name) ?? byName.get(name),
    inSls: (sls) => bySls.get(sls) ?? [],
  };
}

function firstState(high: Dict, id: string): StateReference | undefined {
  const body = high.get(id);
  if (!isDict(body)) return undefined;
  for (const { state } of statesOf(id, body)) return { id, state };
  return undefined;
}

function append<Key>(map: Map<Key, StateReference[]>, key: Key, reference: StateReference): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [reference]);
  else list.push(reference);
}

/** The keys that a state's arguments have. */
export function argumentKeys(parts: readonly Value[]): ReadonlySet<string> {
  return new Set(Array.from(argumentsIn(parts), ([key]) => key));
}
