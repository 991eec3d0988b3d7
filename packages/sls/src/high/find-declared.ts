import { isDict, type Dict, type Value } from '@brine/common';
import { argumentsIn, declaredStates, statesOf, textOf } from './declared-states.ts';

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
  /**
   * What a requisite-in means: as {@link find}; the type `id` is the first state of the id or else of the id that
   * has this name, `sls` is every state of a file.
   */
  resolve(state: string, name: string): readonly StateReference[];
}

/** Indexes high data for references. */
export function createDeclaredIndex(high: Dict): DeclaredIndex {
  const byValue = new Map<string, StateReference[]>();
  const byName = new Map<string, StateReference>();
  const bySls = new Map<string, StateReference[]>();
  for (const { id, body, state, parts } of declaredStates(high)) {
    const reference = { id, state };
    append(bySls, textOf(body, '__sls__') ?? '', reference);
    for (const [key, value] of argumentsIn(parts)) {
      if (typeof value === 'string') append(byValue, `${state}\0${value}`, reference);
      if (typeof value === 'string' && key === 'name') byName.set(value, reference);
    }
  }
  const find = (state: string, name: string): readonly StateReference[] => {
    const body = high.get(name);
    if (isDict(body) && body.has(state)) return [{ id: name, state }];
    return byValue.get(`${state}\0${name}`) ?? [];
  };
  return {
    find,
    resolve(state, name) {
      if (state === 'sls') return bySls.get(name) ?? [];
      if (state !== 'id') return find(state, name);
      const first = firstState(high, name) ?? byName.get(name);
      return first === undefined ? [] : [first];
    },
  };
}

function firstState(high: Dict, id: string): StateReference | undefined {
  const body = high.get(id);
  if (!isDict(body)) return undefined;
  for (const { state } of statesOf(id, body)) return { id, state };
  return undefined;
}

function append(map: Map<string, StateReference[]>, key: string, reference: StateReference): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [reference]);
  else if (!list.includes(reference)) list.push(reference);
}

/** The keys that a state's arguments have. */
export function argumentKeys(parts: readonly Value[]): ReadonlySet<string> {
  return new Set(Array.from(argumentsIn(parts), ([key]) => key));
}
