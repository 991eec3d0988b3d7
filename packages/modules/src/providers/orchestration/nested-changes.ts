import { isDict, type Dict, type Value } from '@brine/common';

/** Whether a runner answered what an orchestration does: `{data: …, outputter: highstate}`. */
export function isHighstateAnswer(value: Value): boolean {
  return isDict(value) && value.get('outputter') === 'highstate' && value.has('data');
}

/** The changes in the answer of an orchestration: minion → step → changes, without what changed nothing. */
export function extractChanges(answer: Value): Dict {
  const data = isDict(answer) ? (answer.get('data') ?? null) : null;
  return changesIn(data);
}

function changesIn(value: Value): Dict {
  if (!isDict(value)) return new Map();
  const changes = value.get('changes');
  if (changes !== undefined) {
    if (!isDict(changes)) return new Map();
    const inner = changes.get('out') === 'highstate' ? changes.get('ret') : undefined;
    return isDict(inner) ? inner : changes;
  }
  const found: Dict = new Map();
  for (const [key, item] of value) {
    const inner = changesIn(item);
    if (inner.size > 0) found.set(key, inner);
  }
  return found;
}
