import { isDict, type Dict, type Problem } from '@brine/common';
import { statesOf, textOf, type DeclaredState } from './declared-states.ts';
import { errorAt } from './error-at.ts';
import { readExclusions } from './exclusions.ts';
import { extendState } from './extend-state.ts';
import { createDeclaredIndex, type DeclaredIndex } from './find-declared.ts';
import type { Origins } from './origins.ts';

/** Changed high data, and what could not be done. */
export interface Reconciled {
  readonly high: Dict;
  readonly problems: readonly Problem[];
}

/** High data with its `__extend__` worked in, and without that list. The given data stays as it is. */
export function reconcileExtend(high: Dict, origins: Origins): Reconciled {
  const extend = high.get('__extend__');
  const extended: Dict = new Map(high);
  extended.delete('__extend__');
  const problems: Problem[] = [];
  if (!Array.isArray(extend)) return { high: extended, problems };
  const index = createDeclaredIndex(extended);
  const exclusions = readExclusions(high.get('__exclude__'));
  for (const [id, body] of extend.filter(isDict).flatMap((entry) => [...entry])) {
    if (typeof id !== 'string' || !isDict(body) || exclusions.hasSls(textOf(body, '__sls__') ?? '')) continue;
    const states = [...statesOf(id, body)];
    const target = findTarget(extended, index, states);
    if (target === undefined) problems.push(cannotExtend(id, body, origins));
    else extendBody(extended, { target, states, origins });
  }
  return { high: extended, problems };
}

function findTarget(high: Dict, index: DeclaredIndex, states: readonly DeclaredState[]): string | undefined {
  const [first] = states;
  if (first === undefined) return undefined;
  if (isDict(high.get(first.id))) return first.id;
  const found = index.find(first.state, first.id);
  return found.length === 1 ? found[0]?.id : undefined;
}

/** The error for an extension whose target is not part of the run. */
export function cannotExtend(id: string, body: Dict, origins: Origins): Problem {
  const saltenv = textOf(body, '__env__') ?? 'base';
  const sls = textOf(body, '__sls__') ?? 'base';
  const summary = `Cannot extend ID '${id}' in '${saltenv}:${sls}'. It is not part of the high state.`;
  const help = `include the SLS that declares '${id}', or correct the ID`;
  return errorAt(origins.spanOf(body), 'extend-missing', summary, help);
}

interface Extension {
  readonly target: string;
  readonly states: readonly DeclaredState[];
  readonly origins: Origins;
}

function extendBody(high: Dict, { target, states, origins }: Extension): void {
  const present = high.get(target);
  if (!isDict(present)) return;
  const body: Dict = new Map(present);
  origins.note(body, origins.spanOf(present));
  for (const { state, parts } of states) {
    const old = body.get(state);
    body.set(state, Array.isArray(old) ? extendState(old, parts, origins) : parts);
  }
  high.set(target, body);
}
