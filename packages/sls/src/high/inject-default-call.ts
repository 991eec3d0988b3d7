import type { Dict } from '@brine/common';
import { declaredIds, statesOf } from './declared-states.ts';
import type { Origins } from './origins.ts';

/** The function of a state that declares none: there is no such function, so the step fails and the others run. */
export const defaultCall = '__call__';

/** High data in which a state without a function has {@link defaultCall}. The given data stays as it is. */
export function injectDefaultCall(high: Dict, origins: Origins): Dict {
  const injected: Dict = new Map(high);
  for (const [id, body] of declaredIds(high)) {
    const incomplete = [...statesOf(id, body)].filter(({ parts }) => !parts.some((part) => typeof part === 'string'));
    if (incomplete.length === 0) continue;
    const completed: Dict = new Map(body);
    origins.note(completed, origins.spanOf(body));
    for (const { state, parts } of incomplete) {
      const named = [...parts, defaultCall];
      origins.note(named, origins.spanOf(parts));
      completed.set(state, named);
    }
    injected.set(id, completed);
  }
  return injected;
}
