import { isDict, type Dict, type Value } from '@brine/common';
import { argumentsIn, declaredStates } from '../high/declared-states.ts';
import { referencesIn } from '../requisites/read-requisites.ts';

const succeeded = 0;
const failed = 2;

/**
 * Salt's `retcode` for the returns of a run: 2 when there are none or one failed, else 0. A failure counts as
 * handled when every state that has it in its `onfail`, with `onfail_stop: False`, succeeded.
 */
export function stateRetcode(returns: Dict, high: Dict = new Map()): number {
  if (returns.size === 0) return failed;
  for (const answer of returns.values()) {
    if (isDict(answer) && answer.get('result') === false && !isHandled(answer, returns, high)) return failed;
  }
  return succeeded;
}

function isHandled(answer: Dict, returns: Dict, high: Dict): boolean {
  const handlers = handlersOf(answer.get('__id__') ?? null, high);
  if (handlers.length === 0) return false;
  return handlers.every((id) => {
    const results = [...returns.values()].filter((other) => isDict(other) && other.get('__id__') === id);
    return results.length > 0 && results.every((other) => isDict(other) && other.get('result') === true);
  });
}

function handlersOf(failedId: Value, high: Dict): string[] {
  const handlers: string[] = [];
  for (const { id, parts } of declaredStates(high)) {
    const given = new Map(Array.from(argumentsIn(parts), ([key, value]) => [key, value]));
    const handles = referencesIn(given.get('onfail')).some(([, target]) => target === failedId);
    if (handles && given.get('onfail_stop') === false) handlers.push(id);
  }
  return handlers;
}
