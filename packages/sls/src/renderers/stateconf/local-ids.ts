import { isDict, type Dict, type Value } from '@brine/common';
import { listDeclarations, listRequisites, stateconfError, stateOf } from './declarations.ts';

const requisites: ReadonlySet<string> = new Set(
  ['require', 'watch', 'use', 'listen', 'onchanges', 'onfail'].flatMap((kind) => [kind, `${kind}_in`]),
);

/** The full name of an SLS or id that is written with leading dots, seen from `sls`. */
function resolveRelative(relative: string, sls: string): string {
  const dots = /^\.*/.exec(relative)?.[0].length ?? 0;
  const parts = sls.split('.');
  if (dots > parts.length) throw stateconfError('Attempted relative include goes beyond top level package');
  return [...parts.slice(0, parts.length - dots), relative.slice(dots)].join('.');
}

/** The id that a local one (`.start`) stands for: `sls::start`. */
function resolveLocalId(id: string, sls: string): string {
  if (id.includes('::')) return resolveRelative(id, sls);
  const whole = resolveRelative(id, `${sls}.`);
  const last = whole.lastIndexOf('.');
  return `${whole.slice(0, last)}::${whole.slice(last + 1)}`;
}

/** Makes names with leading dots in `include` and `exclude` absolute. */
export function resolveIncludes(high: Dict, sls: string, saltenv: string): void {
  const include = high.get('include');
  if (Array.isArray(include))
    high.set(
      'include',
      include.map((entry) => resolveInclude(entry, sls, saltenv)),
    );
  const exclude = high.get('exclude');
  for (const entry of Array.isArray(exclude) ? exclude : []) {
    const name = isDict(entry) ? entry.get('sls') : undefined;
    if (isDict(entry) && typeof name === 'string' && name.startsWith('.')) entry.set('sls', resolveRelative(name, sls));
  }
}

function resolveInclude(entry: Value, sls: string, saltenv: string): Value {
  const [environment, name] = isDict(entry) ? ([...entry].at(-1) ?? []) : [saltenv, entry];
  if (typeof name !== 'string' || !name.startsWith('.')) return entry;
  return new Map([[environment ?? saltenv, resolveRelative(name, sls)]]);
}

/** Gives local ids their full names, where they are declared and where requisites name them; returns new id → old. */
export function renameLocalIds(high: Dict, sls: string): Map<Value, Value> {
  const extended = high.get('extend');
  if (isDict(extended)) renameLocalIds(extended, sls);
  for (const declaration of listDeclarations(high)) {
    for (const { container, key, value } of listRequisites(declaration.arguments, requisites)) {
      if (typeof value === 'string' && value.startsWith('.')) container.set(key, resolveLocalId(value, sls));
    }
  }
  const renamed = new Map<Value, Value>();
  const local = [...high.keys()].filter((id) => typeof id === 'string' && id.startsWith('.'));
  for (const id of local) {
    if (typeof id !== 'string') continue;
    const name = resolveLocalId(id, sls);
    if (high.has(name))
      throw stateconfError(`Can't rename state id(${id}) into ${name} because the later already exists!`);
    const states = high.get(id) ?? null;
    if (isDict(states)) nameStates(states, id.slice(1));
    high.delete(id);
    high.set(name, states);
    renamed.set(name, id);
  }
  return renamed;
}

/** The id was the name: now that it changes, the name is written out. */
function nameStates(states: Dict, name: string): void {
  for (const [state, given] of states) {
    if (typeof state !== 'string' || stateOf(state) === 'stateconf' || !Array.isArray(given)) continue;
    if (given.some((item) => isDict(item) && item.keys().next().value === 'name')) continue;
    given.unshift(new Map([['name', name]]));
  }
}
