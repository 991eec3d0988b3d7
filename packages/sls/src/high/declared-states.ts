import { isDict, type Dict, type Value } from '@brine/common';

/** One state of an id in high data. */
export interface DeclaredState {
  readonly id: string;
  readonly body: Dict;
  /** The module, as `file`; may still be a whole name when the data is malformed. */
  readonly state: string;
  readonly parts: Value[];
}

/** The bodies of high data by id, without the entries Salt keeps for itself (`__extend__`, `__exclude__`). */
export function* declaredIds(high: Dict): Generator<readonly [id: string, body: Dict]> {
  for (const [id, body] of high) {
    if (typeof id === 'string' && !id.startsWith('__') && isDict(body)) yield [id, body];
  }
}

/** The well-formed states of one body, in order. */
export function* statesOf(id: string, body: Dict): Generator<DeclaredState> {
  for (const [state, parts] of body) {
    if (typeof state === 'string' && !state.startsWith('__') && Array.isArray(parts)) yield { id, body, state, parts };
  }
}

/** All well-formed states of high data, in order. */
export function* declaredStates(high: Dict): Generator<DeclaredState> {
  for (const [id, body] of declaredIds(high)) yield* statesOf(id, body);
}

/** The single-key arguments among the parts of a state, as key and value. */
export function* argumentsIn(parts: readonly Value[]): Generator<readonly [key: string, value: Value, part: Dict]> {
  for (const part of parts) {
    if (!isDict(part)) continue;
    for (const [key, value] of part) if (typeof key === 'string') yield [key, value, part];
  }
}

/** A member of high data that is text. */
export function textOf(body: Dict, key: string): string | undefined {
  const value = body.get(key);
  return typeof value === 'string' ? value : undefined;
}
