import { pythonStr } from '../python-repr.ts';
import { isDict, isInteger, type Dict, type Value } from '../value.ts';

/** One step of a state run, as the `highstate` outputter works with it. */
export interface StateResult {
  readonly module: string;
  readonly id: string;
  readonly name: string;
  readonly fun: string;
  readonly result: boolean | null;
  readonly changes: Value;
  /** Whether it changed something: a run of states on other minions only when one of theirs did. */
  readonly isChanged: boolean;
  readonly runNumber: number;
  /** How many steps of one id this stands for (`state_compress_ids`). */
  readonly count: number;
  readonly step: Dict;
}

/** The steps of one minion's answer, as they stand there. Members that are no steps are left out. */
export function readStateResults(answer: Dict): readonly StateResult[] {
  return [...answer].flatMap(([tag, step]) =>
    isDict(step) && step.has('result') ? [toResult(pythonStr(tag), step)] : [],
  );
}

/** Steps in the order in which they ran. */
export function inOrder(results: readonly StateResult[]): readonly StateResult[] {
  return results.toSorted((a, b) => a.runNumber - b.runNumber);
}

function toResult(tag: string, step: Dict): StateResult {
  const parts = tag.split('_|-');
  const result = step.get('result');
  const number = step.get('__run_num__');
  return {
    module: parts[0] ?? '',
    id: parts[1] ?? '',
    name: parts[2] ?? '',
    fun: parts[3] ?? '',
    result: result === true || result === false ? result : null,
    changes: step.get('changes') ?? null,
    isChanged: isOrchestration(step) || hasChangedAnything(step.get('changes') ?? null),
    runNumber: typeof number === 'number' ? number : 0,
    count: 1,
    step,
  };
}

/** Steps that run states elsewhere and are named so; what they changed is a run of its own. */
export function isOrchestration(step: Dict): boolean {
  return ['state.orch', 'state.orchestrate', 'state.sls'].includes(pythonStr(step.get('name') ?? null));
}

/** The answers of other minions that are the changes of a step, as in orchestration. */
export function nestedRun(changes: Value): Dict | undefined {
  const inner = isDict(changes) && changes.get('out') === 'highstate' ? changes.get('ret') : undefined;
  return isDict(inner) ? inner : undefined;
}

function hasChangedAnything(changes: Value): boolean {
  const inner = nestedRun(changes);
  return inner === undefined ? isFilled(changes) : [...inner.values()].some(hasChangedOnMinion);
}

function hasChangedOnMinion(answer: Value): boolean {
  if (isDict(answer)) return readStateResults(answer).some(({ isChanged }) => isChanged);
  return typeof answer === 'string' || typeof answer === 'boolean' || isInteger(answer);
}

/** Whether there is something in the changes of a step. */
export function hasChanges({ changes }: StateResult): boolean {
  return isFilled(changes);
}

function isFilled(changes: Value): boolean {
  if (isDict(changes)) return changes.size > 0;
  return Array.isArray(changes) ? changes.length > 0 : changes !== null && changes !== '' && changes !== false;
}

/** Milliseconds; `12.5` or `12.5 ms`. */
export function durationOf({ step }: StateResult): number {
  const duration = step.get('duration');
  const number = Number.parseFloat(duration === undefined || duration === null ? '0' : pythonStr(duration));
  return Number.isFinite(number) ? number : 0;
}
