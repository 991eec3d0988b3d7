import { AppError, isDict, type Dict, type Value } from '@brine/common';

/** One `state.function:` with its arguments below an id. */
export interface Declaration {
  readonly id: string;
  /** `state` or `state.function`. */
  readonly name: string;
  readonly arguments: Value[];
}

const reserved: ReadonlySet<string> = new Set(['include', 'exclude', 'extend']);

/** The state declarations of high data in order, those below `extend` left out. */
export function listDeclarations(high: Dict): Declaration[] {
  return [...high].flatMap(([id, states]) => {
    if (typeof id !== 'string' || id.startsWith('__') || reserved.has(id) || !isDict(states)) return [];
    return [...states].flatMap(([name, given]) => {
      const isDeclaration = typeof name === 'string' && !name.startsWith('__') && Array.isArray(given);
      return isDeclaration ? [{ id, name, arguments: given }] : [];
    });
  });
}

/** The state of `state.function`. */
export function stateOf(name: string): string {
  return name.split('.', 1)[0] ?? name;
}

/** What stands for the entry in a list of `key: value` entries. */
export interface ListMember {
  readonly container: Dict;
  readonly key: string;
  readonly value: Value;
}

/** The `key: value` members of a list, optionally only those of some keys. */
export function listMembers(list: Value | undefined, keys?: ReadonlySet<string>): ListMember[] {
  return (Array.isArray(list) ? list : []).flatMap((item) => {
    const [first] = isDict(item) ? item : [];
    if (first === undefined || !isDict(item) || typeof first[0] !== 'string') return [];
    const [key, value] = first;
    return keys === undefined || keys.has(key) ? [{ container: item, key, value }] : [];
  });
}

/** The `state: id` members of the requisites of some kinds. */
export function listRequisites(given: Value[], kinds: ReadonlySet<string>): ListMember[] {
  return listMembers(given, kinds).flatMap(({ value }) => listMembers(value));
}

/** The error of a file that the stateconf renderer cannot make sense of. */
export function stateconfError(message: string): AppError {
  return new AppError({ code: 'render-failed', message });
}
