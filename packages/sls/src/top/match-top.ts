import {
  getDict,
  isDict,
  matchTarget,
  pythonStr,
  targetTypes,
  type MatchSubject,
  type Problem,
  type TargetType,
  type Value,
} from '@brine/common';
import type { MergedTop, TopEntry } from './merged-top.ts';
import type { TopInput } from './top-input.ts';
import { errorAt } from './top-problem.ts';

const matchers: ReadonlySet<string> = new Set(targetTypes);

/** A name that a matching target gives. */
export interface MatchedName {
  readonly saltenv: string;
  readonly name: string;
  readonly entry: TopEntry;
}

interface Matching {
  readonly input: TopInput;
  readonly environments: ReadonlySet<string>;
  readonly report: (problem: Problem) => void;
}

/** The names that the targets which match the minion give, in order, repetitions included. */
export async function matchTop(
  top: MergedTop,
  input: TopInput,
  report: (problem: Problem) => void,
): Promise<MatchedName[]> {
  const matching = { input, report, environments: new Set(await input.files.environments()) };
  const matched: MatchedName[] = [];
  for (const [saltenv, targets] of top) {
    if (input.environment !== undefined && saltenv !== input.environment) continue;
    for (const [target, entry] of targets) {
      if (confirmTop(target, entry, matching)) matched.push(...namesOf(saltenv, entry, matching));
    }
  }
  return matched;
}

function confirmTop(target: string, { names, span }: TopEntry, { input, report }: Matching): boolean {
  const chosen = names.findLast((name) => isDict(name) && name.has('match'));
  const type = chosen !== undefined && isDict(chosen) ? pythonStr(chosen.get('match') ?? null) : 'compound';
  if (!isMatcher(type)) {
    const help = `match is one of ${[...targetTypes].toSorted().join(', ')}`;
    report(
      errorAt('top-matcher-unknown', `the target ${target} of the top file has the unknown match: ${type}`, span, help),
    );
    return false;
  }
  const { grains, pillar, options } = input.context;
  const subject: MatchSubject = { id: input.minionId, grains, pillar: () => pillar };
  const nodegroups = getDict(options, 'nodegroups');
  return matchTarget({ type, expression: target }, subject, nodegroups === undefined ? {} : { nodegroups });
}

function isMatcher(type: string): type is TargetType {
  return matchers.has(type);
}

function namesOf(saltenv: string, entry: TopEntry, matching: Matching): MatchedName[] {
  return entry.names.flatMap((name) => {
    if (typeof name === 'string') return [{ saltenv, name, entry }];
    // Only state top files go on from here: narrower targets, and names out of other environments.
    return isDict(name) && matching.input.kind === 'state' ? namesInDict(saltenv, name, entry, matching) : [];
  });
}

function namesInDict(saltenv: string, dict: Map<Value, Value>, entry: TopEntry, matching: Matching): MatchedName[] {
  const narrower = getDict(dict, 'subfilter');
  if (narrower !== undefined) {
    return [...narrower].flatMap(([target, names]) => {
      const inner = { ...entry, names: Array.isArray(names) ? names : [names] };
      return confirmTop(pythonStr(target), inner, matching) ? namesOf(saltenv, inner, matching) : [];
    });
  }
  const [environment, name] = [...dict].at(-1) ?? [];
  if (typeof environment !== 'string' || typeof name !== 'string') return [];
  return matching.environments.has(environment) ? [{ saltenv: environment, name, entry }] : [];
}
