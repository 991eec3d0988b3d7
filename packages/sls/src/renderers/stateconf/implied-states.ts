import type { Dict, Value } from '@brine/common';
import {
  listDeclarations,
  listMembers,
  listRequisites,
  stateconfError,
  stateOf,
  type Declaration,
} from './declarations.ts';

const requires: ReadonlySet<string> = new Set(['require', 'watch', 'listen', 'onchanges', 'onfail']);
const requiresIn: ReadonlySet<string> = new Set([...requires].map((kind) => `${kind}_in`));

/** Makes every state require the one before it. Throws when a requisite that is written says otherwise. */
export function addImpliedRequires(high: Dict): void {
  const declarations = listDeclarations(high);
  const places = new Map(declarations.map((declaration, index) => [tagOf(declaration.id, declaration.name), index]));
  for (const [index, declaration] of declarations.entries()) {
    checkNames(declaration);
    checkDirection(declaration, places, index);
    const before = declarations[index - 1];
    if (before !== undefined) requireState(declaration.arguments, before);
  }
}

function checkNames({ id, arguments: given }: Declaration): void {
  if (listMembers(given, new Set(['names'])).length === 0) return;
  throw stateconfError(
    `'names' declaration(found in state id: ${id}) is not supported with implicitly ordered states! ` +
      'Generate the states in a template for-loop instead.',
  );
}

function checkDirection(declaration: Declaration, places: ReadonlyMap<string, number>, index: number): void {
  const own = tagOf(declaration.id, declaration.name);
  for (const { key, value } of listRequisites(declaration.arguments, requires)) {
    const tag = tagOf(value, key);
    if ((places.get(tag) ?? -1) <= index) continue;
    throw stateconfError(`State(${own}) can't require/watch/listen/onchanges/onfail a state(${tag}) defined after it!`);
  }
  for (const { key, value } of listRequisites(declaration.arguments, requiresIn)) {
    const tag = tagOf(value, key);
    if ((places.get(tag) ?? index) >= index) continue;
    throw stateconfError(
      `State(${own}) can't require_in/watch_in/listen_in/onchanges_in/onfail_in a state(${tag}) defined before it!`,
    );
  }
}

function requireState(given: Value[], before: Declaration): void {
  const requisite = new Map([[stateOf(before.name), before.id]]);
  const [own] = listMembers(given, new Set(['require']));
  if (own !== undefined && Array.isArray(own.value)) own.value.unshift(requisite);
  else given.push(new Map([['require', [requisite]]]));
}

/** Adds the state `id` that comes before all others. */
export function addStartState(high: Dict, id: string): void {
  if (high.has(id)) throw stateconfError(`Can't generate start state(${id})! The same state id already exists!`);
  const [first] = listDeclarations(high);
  if (high.size === 0) return;
  if (first === undefined) throw stateconfError("Can't determine the first state in the sls file!");
  const requisite = new Map([[stateOf(first.name), first.id]]);
  high.set(id, new Map([['stateconf.set', [new Map([['require_in', [requisite]]])]]]));
}

/** Adds the state `id` that requires all others. */
export function addGoalState(high: Dict, id: string): void {
  if (high.has(id)) throw stateconfError(`Can't generate goal state(${id})! The same state id already exists!`);
  const requisites = listDeclarations(high).map(
    (declaration) => new Map([[stateOf(declaration.name), declaration.id]]),
  );
  high.set(id, new Map([['stateconf.set', [new Map([['require', requisites]])]]]));
}

function tagOf(id: Value, name: string): string {
  return `${typeof id === 'string' ? id : ''}:${stateOf(name)}`;
}
