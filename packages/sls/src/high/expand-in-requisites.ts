import { isDict, type Dict, type Problem, type Value } from '@brine/common';
import { inRequisites, requisiteKeywords } from '../requisites/requisite-keywords.ts';
import { argumentsIn, declaredStates, statesOf, textOf, type DeclaredState } from './declared-states.ts';
import { errorAt } from './error-at.ts';
import { readExclusions } from './exclusions.ts';
import { extendState } from './extend-state.ts';
import { argumentKeys, createDeclaredIndex, type DeclaredIndex, type StateReference } from './find-declared.ts';
import type { Origins } from './origins.ts';
import type { Reconciled } from './reconcile-extend.ts';

/** What the expansion may be told. */
export interface ExpansionOptions {
  readonly origins: Origins;
  /** Requisites that the configuration switches off (`disabled_requisites`). */
  readonly disabled: ReadonlySet<string>;
}

/**
 * Gives the other side of every `…_in` its requisite, the target of every `prereq` its `prerequired` mark, and
 * every `use` its arguments. `listen_in` stays as it is: it is looked at when the run ends.
 */
export function expandInRequisites(high: Dict, options: ExpansionOptions): Reconciled {
  const expansion: Expansion = {
    ...options,
    high,
    index: createDeclaredIndex(high),
    additions: new Map(),
    problems: [],
  };
  const exclusions = readExclusions(high.get('__exclude__'));
  for (const declared of declaredStates(high)) {
    const sls = textOf(declared.body, '__sls__');
    if (exclusions.hasId(declared.id) || (sls !== undefined && exclusions.hasSls(sls))) continue;
    for (const [keyword, value, part] of argumentsIn(declared.parts)) {
      if (isExpanded(keyword) && !options.disabled.has(keyword)) {
        expandArgument(expansion, { keyword, value, part, declared });
      }
    }
  }
  return { high: applyAdditions(expansion), problems: expansion.problems };
}

interface Expansion extends ExpansionOptions {
  readonly high: Dict;
  readonly index: DeclaredIndex;
  /** Id → state → arguments to add, in the order they came up. */
  readonly additions: Map<string, Map<string, Value[]>>;
  readonly problems: Problem[];
}

interface ExpandedArgument {
  readonly keyword: string;
  readonly value: Value;
  readonly part: Dict;
  readonly declared: DeclaredState;
}

function isExpanded(keyword: string): boolean {
  if (keyword === 'listen_in') return false;
  return inRequisites.has(keyword) || keyword === 'use' || keyword === 'use_in' || keyword === 'prereq';
}

function expandArgument(expansion: Expansion, argument: ExpandedArgument): void {
  const { keyword, declared } = argument;
  for (const target of targetsOf(expansion, argument)) {
    if (target.id === declared.id && target.state === declared.state) continue;
    switch (keyword) {
      case 'use':
        copyArguments(expansion, target, declared);
        break;
      case 'use_in':
        copyArguments(expansion, declared, target);
        break;
      case 'prereq':
        addReference(expansion, target, ['prerequired', declared]);
        break;
      case 'prereq_in':
        addReference(expansion, declared, ['prerequired', target]);
        addReference(expansion, target, ['prereq', declared]);
        break;
      default:
        addReference(expansion, target, [keyword.slice(0, -'_in'.length), declared]);
    }
  }
}

function targetsOf(expansion: Expansion, argument: ExpandedArgument): StateReference[] {
  const { value } = argument;
  if (isDict(value)) return [...value].flatMap(([state, name]) => findTargets(expansion, argument, [state, name]));
  if (!Array.isArray(value)) return [];
  // As Salt goes through a list, a target gets its requisite once more for every later one; `sls` begins anew.
  let targets: readonly StateReference[] = [];
  return value.flatMap((reference) => {
    const [first] = typeof reference === 'string' ? [['id', reference] as const] : isDict(reference) ? reference : [];
    if (first === undefined) return [];
    const found = findTargets(expansion, argument, first);
    if (found.length === 0) return [];
    targets = first[0] === 'sls' ? found : [...targets, ...found];
    return targets;
  });
}

function findTargets(
  expansion: Expansion,
  argument: ExpandedArgument,
  [state, name]: readonly [Value, Value],
): readonly StateReference[] {
  if (typeof state !== 'string' || typeof name !== 'string') return [];
  const found = expansion.index.resolve(state, name);
  // `use` and `prereq` of something that is not there are reported when the step runs, as an unmet requisite.
  if (state === 'sls' || found.length === 1 || !argument.keyword.endsWith('_in')) return found;
  expansion.problems.push(noTarget(expansion, argument, { state, name, isMissing: found.length === 0 }));
  return [];
}

interface UnclearTarget {
  readonly state: string;
  readonly name: string;
  /** Otherwise several states have the name. */
  readonly isMissing: boolean;
}

function noTarget(
  { origins }: Expansion,
  { keyword, part, declared }: ExpandedArgument,
  { state, name, isMissing }: UnclearTarget,
): Problem {
  const sls = textOf(declared.body, '__sls__') ?? '';
  const what = state === 'id' ? `ID '${name}'` : `ID '${name}' (${state})`;
  const reason = isMissing ? 'It is not part of the high state.' : 'Several states have that name.';
  const summary = `Cannot extend ${what} by ${keyword} of '${declared.id}' in SLS '${sls}'. ${reason}`;
  const help = isMissing ? `include the SLS that declares '${name}', or correct the ID` : 'name it by its ID';
  return errorAt(origins.spanOf(part), 'extend-missing', summary, help);
}

function listFor({ additions }: Expansion, { id, state }: StateReference): Value[] {
  const states = additions.get(id) ?? new Map<string, Value[]>();
  additions.set(id, states);
  const list = states.get(state) ?? [];
  states.set(state, list);
  return list;
}

function addReference(
  expansion: Expansion,
  to: StateReference,
  [keyword, from]: readonly [string, StateReference],
): void {
  const list = listFor(expansion, to);
  const reference: Dict = new Map([[from.state, from.id]]);
  for (const part of list) {
    const references = isDict(part) ? part.get(keyword) : undefined;
    if (Array.isArray(references)) {
      references.push(reference);
      return;
    }
  }
  list.push(new Map([[keyword, [reference]]]));
}

const neverCopied: ReadonlySet<string> = new Set([...requisiteKeywords, 'name', 'names', 'order']);

function copyArguments(expansion: Expansion, from: StateReference, to: StateReference): void {
  const own = argumentKeys(partsOf(expansion.high, to));
  const list = listFor(expansion, to);
  for (const part of partsOf(expansion.high, from)) {
    if (!isDict(part) || part.size !== 1) continue;
    const [key] = part.keys();
    if (typeof key === 'string' && !neverCopied.has(key) && !own.has(key)) list.push(part);
  }
}

function partsOf(high: Dict, { id, state }: StateReference): readonly Value[] {
  const body = high.get(id);
  const parts = isDict(body) ? body.get(state) : undefined;
  return Array.isArray(parts) ? parts : [];
}

function applyAdditions({ high, additions, origins }: Expansion): Dict {
  const expanded: Dict = new Map(high);
  for (const [id, states] of additions) {
    const present = high.get(id);
    if (!isDict(present)) continue;
    const body: Dict = new Map(present);
    origins.note(body, origins.spanOf(present));
    for (const { state, parts } of statesOf(id, present)) {
      const list = states.get(state);
      if (list !== undefined) body.set(state, extendState(parts, list, origins));
    }
    expanded.set(id, body);
  }
  return expanded;
}
