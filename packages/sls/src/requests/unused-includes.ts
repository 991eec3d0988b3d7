import { isDict, type Dict, type Problem } from '@brine/common';
import type { Step } from '../compile/step.ts';
import { argumentsIn, declaredStates, statesOf, textOf, type DeclaredState } from '../high/declared-states.ts';
import { warningAt } from '../high/error-at.ts';
import type { ReadInclude } from '../high/high-loader.ts';
import type { LoadedHighData } from '../high/load-high-data.ts';
import { referencesIn } from '../requisites/read-requisites.ts';
import { requisiteKeywords } from '../requisites/requisite-keywords.ts';
import { createStepIndex, type StepIndex } from '../requisites/step-index.ts';

/**
 * Warns of includes that do nothing for the file that has them: of itself, of a file it includes already, and of
 * files with states where neither side refers to the other. A file without states of its own only gathers others.
 */
export function findUnusedIncludes({ high, includes }: LoadedHighData, steps: readonly Step[]): Problem[] {
  const owners = new Set(steps.map(fileOfStep));
  const references = readReferences(high, steps);
  const reach = createReach(includes);
  const repeated = new Set<string>();
  return includes.flatMap((include) => {
    const odd = oddInclude(include, repeated);
    if (odd !== undefined) return [odd];
    if (!owners.has(include.from)) return [];
    const reached = include.to.flatMap((file) => [...reach(file)]).filter((file) => owners.has(file));
    if (reached.length === 0 || reached.some((file) => references.has(pair(include.from, file)))) return [];
    const summary = `nothing in '${include.from}' refers to '${include.to.join("', '")}', nor the other way round`;
    return [warningAt(include.span, 'include-unused', summary, 'name it in the top file when its states are wanted')];
  });
}

function oddInclude({ from, to, span }: ReadInclude, seen: Set<string>): Problem | undefined {
  for (const file of to) {
    if (file === from && to.length === 1) return warningAt(span, 'include-repeated', `'${from}' includes itself`);
    const key = pair(from, file);
    if (seen.has(key)) return warningAt(span, 'include-repeated', `'${from}' includes '${file}' twice`);
    seen.add(key);
  }
  return undefined;
}

function fileOfStep({ sls, saltenv }: Step): string {
  return `${saltenv}:${sls ?? ''}`;
}

/** Answers a file and everything it includes, directly or not. */
function createReach(includes: readonly ReadInclude[]): (file: string) => ReadonlySet<string> {
  const direct = new Map<string, string[]>();
  for (const { from, to } of includes) direct.set(from, [...(direct.get(from) ?? []), ...to]);
  return (file) => {
    const reached = new Set([file]);
    for (const one of reached) for (const next of direct.get(one) ?? []) reached.add(next);
    return reached;
  };
}

/** The pairs of files of which one refers to the other: by a requisite of any kind, `use`, or an extend. */
function readReferences(high: Dict, steps: readonly Step[]): ReadonlySet<string> {
  const index = createStepIndex(steps);
  const pairs = new Set<string>();
  for (const declared of [...declaredStates(high), ...extendingStates(high)]) {
    const own = fileOfBody(declared.body);
    for (const file of filesNamedBy(declared, index)) pairs.add(pair(own, file));
  }
  return pairs;
}

function* extendingStates(high: Dict): Generator<DeclaredState> {
  const extend = high.get('__extend__');
  for (const entry of Array.isArray(extend) ? extend : []) {
    if (!isDict(entry)) continue;
    for (const [id, body] of entry) {
      if (typeof id !== 'string' || !isDict(body)) continue;
      for (const state of statesOf(id, body)) yield { ...state, parts: [...state.parts, new Map([['use', [id]]])] };
    }
  }
}

function filesNamedBy({ parts }: DeclaredState, index: StepIndex): string[] {
  const files: string[] = [];
  for (const [key, value] of argumentsIn(parts)) {
    if (!requisiteKeywords.has(key)) continue;
    const list = isDict(value) ? [...value].map((entry) => new Map([entry])) : value;
    for (const [type, target] of referencesIn(list)) files.push(...index.resolve(type, target).map(fileOfStep));
  }
  return files;
}

function fileOfBody(body: Dict): string {
  return `${textOf(body, '__env__') ?? 'base'}:${textOf(body, '__sls__') ?? ''}`;
}

function pair(first: string, second: string): string {
  return [first, second].toSorted().join('\0');
}
