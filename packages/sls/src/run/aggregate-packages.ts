import { equalValues, pythonStr, type Dict, type Value } from '@brine/common';
import type { Step } from '../compile/step.ts';
import { requisiteKeywords } from '../requisites/requisite-keywords.ts';
import type { RunState } from './run-state.ts';
import { lostResult, statusOf } from './step-status.ts';

const aggregated: ReadonlySet<string> = new Set(['installed', 'latest', 'removed', 'purged']);

/** What may differ between steps that are done together. */
const ownKeys: ReadonlySet<string> = new Set(
  'state fun name pkgs version order aggregate __id__ __sls__ __env__ require require_in'.split(' '),
);

/**
 * With `aggregate` or `state_aggregate`, a package step that also does the packages of later ones, in one call of the
 * package manager; those then find theirs done. Only steps are taken along that could run now, that differ in nothing
 * but the packages, and whose changes nothing follows. A dry run foretells each by itself.
 */
export function aggregatePackages(run: RunState, step: Step): Step {
  if (run.test || run.joined.has(step) || !isAggregating(run, step)) return step;
  const others = run.graph.steps.filter((other) => isAggregating(run, other) && canJoin(run, step, other));
  if (others.length === 0) return step;
  for (const other of others) run.joined.add(other);
  const chunk: Dict = new Map(step.chunk);
  chunk.set('pkgs', [step, ...others].flatMap(packagesOf));
  chunk.delete('version');
  return { ...step, chunk };
}

function isAggregating({ options }: RunState, { state, fun, chunk }: Step): boolean {
  if (state !== 'pkg' || !aggregated.has(fun) || chunk.has('sources') || chunk.has('hold')) return false;
  const wish = chunk.get('aggregate') ?? options.get('state_aggregate');
  return wish === true || (Array.isArray(wish) && wish.includes('pkg'));
}

function packagesOf({ chunk, name }: Step): Value[] {
  const packages = chunk.get('pkgs');
  if (Array.isArray(packages)) return packages;
  const version = chunk.get('version');
  return [version === undefined ? name : new Map([[name, version]])];
}

function canJoin(run: RunState, step: Step, other: Step): boolean {
  if (other === step || other.fun !== step.fun || run.finished.has(other.tag) || run.joined.has(other)) return false;
  if (!isAlike(step.chunk, other.chunk) || lostResult(run, other) !== undefined || isFollowed(run, other)) return false;
  return statusOf(run, other, run.graph.linksOf(other).links) === 'met';
}

function isAlike(chunk: Dict, other: Dict): boolean {
  const counts = (key: Value): boolean => typeof key === 'string' && !ownKeys.has(key);
  const differs = ([key, value]: readonly [Value, Value]): boolean =>
    counts(key) && !equalValues(chunk.get(key) ?? null, value);
  const isMissing = (key: Value): boolean => counts(key) && !other.has(key) && !requisiteKeywords.has(pythonStr(key));
  const isFree = [...other.keys()].every((key) => !counts(key) || !requisiteKeywords.has(pythonStr(key)));
  return isFree && ![...other].some(differs) && ![...chunk.keys()].some(isMissing);
}

function isFollowed({ graph, listenings }: RunState, step: Step): boolean {
  if (listenings.pairs.some(({ heard }) => heard.includes(step))) return true;
  return graph.steps.some((other) =>
    graph.linksOf(other).links.some(({ kind, targets }) => !kind.startsWith('require') && targets.includes(step)),
  );
}
