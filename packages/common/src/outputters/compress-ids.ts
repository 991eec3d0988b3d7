import { pythonStr } from '../python-repr.ts';
import { isDict, toFloat, type Dict, type Value } from '../value.ts';
import { durationOf, hasChanges, type StateResult } from './state-result.ts';

/** `state_compress_ids`: steps of one id, file and result become one, with their number behind the id. */
export function compressIds(results: readonly StateResult[]): readonly StateResult[] {
  const groups = new Map<string, StateResult[]>();
  // What does not say where it is from cannot be compressed.
  if (results.some(({ step }) => !step.has('__id__') || !step.has('__sls__'))) return results;
  for (const result of results) {
    const key = JSON.stringify([
      result.module,
      result.id,
      pythonStr(result.step.get('__sls__') ?? null),
      result.result,
    ]);
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()].map(merge);
}

function merge(group: readonly StateResult[]): StateResult {
  const [first] = group as [StateResult];
  if (group.length === 1) return first;
  const duration = group.reduce((sum, result) => sum + durationOf(result), 0);
  const starts = group.map(({ step }) => pythonStr(step.get('start_time') ?? '')).toSorted();
  const changes = mergeChanges(group);
  const step: Dict = new Map(first.step);
  step
    .set('duration', toFloat(Math.round(duration * 1000) / 1000))
    .set('start_time', starts[0] ?? '')
    .set('changes', changes);
  const id = `${first.id} (${group.length})`;
  const runNumber = Math.min(...group.map((result) => result.runNumber));
  const sls = pythonStr(first.step.get('__sls__') ?? null);
  const name = `state_compressed_${sls}_${first.id}_${pythonStr(first.result)}`;
  return { ...first, id, name, changes, isChanged: group.some(hasChanges), runNumber, step, count: group.length };
}

function mergeChanges(group: readonly StateResult[]): Value {
  const changed = group.filter(hasChanges);
  if (changed.length === 0) return new Map();
  const byName = changed.map(({ name, step, changes }): [Value, Value] => [step.get('name') ?? name, changes]);
  return new Map([['compressed changes', new Map(byName)]]);
}

/** How many steps a result stands for that changed something. */
export function changedCount(result: StateResult): number {
  if (!result.isChanged) return 0;
  const merged = isDict(result.changes) ? result.changes.get('compressed changes') : undefined;
  return result.count > 1 && isDict(merged) ? merged.size : 1;
}
