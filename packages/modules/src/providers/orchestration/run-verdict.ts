import { isDict, type Value } from '@brine/common';

/** Whether the answer of a state run tells of no failure, as Salt's `state.check_result` with `recurse`. */
export function isRunGood(answer: Value): boolean {
  if (!isDict(answer) || answer.size === 0) return false;
  return [...answer.values()].every((result) => {
    if (!isDict(result)) return true;
    return result.has('result') ? result.get('result') !== false : isRunGood(result);
  });
}

/** Whether a state run changed, or in a dry run would change, something. */
export function hasChangedAnything(answer: Value): boolean {
  if (!isDict(answer)) return false;
  return [...answer.values()].some((result) => {
    const changes = isDict(result) ? result.get('changes') : undefined;
    return isDict(changes) ? changes.size > 0 : changes !== undefined && changes !== null && changes !== '';
  });
}
