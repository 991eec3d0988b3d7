import { isDict, type Value } from '@brine/common';
import { stepTag, type Step } from '../compile/step.ts';
import { referencesIn } from '../requisites/read-requisites.ts';
import { createStepIndex } from '../requisites/step-index.ts';
import type { RunState } from './run-state.ts';
import type { FiringStep } from './state-library.ts';

/** Who listens to whom in a run. */
export interface Listenings {
  /** In the order in which they are written. */
  readonly pairs: readonly Listening[];
  /** References that name nothing. */
  readonly missing: readonly MissingListened[];
}

/** A step and what it listens to. */
export interface Listening {
  readonly listener: Step;
  readonly heard: readonly Step[];
}

/** A listen reference that names nothing, as the failed result Salt gives it. */
export interface MissingListened {
  readonly step: Step;
  readonly comment: string;
}

/** Reads the `listen` and `listen_in` of all steps. */
export function readListenings(steps: readonly Step[]): Listenings {
  const index = createStepIndex(steps);
  const pairs: Listening[] = [];
  const missing = new Map<string, MissingListened>();
  const resolve = ([type, target]: readonly [string, string], from: Step): readonly Step[] => {
    const found = index.resolve(type, target);
    if (found.length === 0) {
      const lost = missingListened([type, target], from);
      missing.set(lost.step.tag, lost);
    }
    return found;
  };
  for (const step of steps) {
    for (const reference of referencesIn(step.chunk.get('listen'))) {
      pairs.push({ listener: step, heard: resolve(reference, step) });
    }
    for (const reference of referencesIn(toList(step.chunk.get('listen_in')))) {
      for (const listener of resolve(reference, step)) pairs.push({ listener, heard: [step] });
    }
  }
  return { pairs, missing: [...missing.values()] };
}

/** A step that reacts, at the end of a run, to changes it listens to. */
export interface Listener {
  /** Named `listener_ID`, with the function `mod_watch` in its tag, as Salt returns it. */
  readonly step: Step;
  readonly firedBy: readonly FiringStep[];
}

/** What listens to a change, now that all steps have run: each once, in the order in which they are written. */
export function findListeners(run: RunState): Listener[] {
  const fired = new Map<Step, Set<Step>>();
  for (const { listener, heard } of run.listenings.pairs) {
    const changed = heard.filter((step) => isHeard(run, listener, step));
    if (changed.length === 0) continue;
    const sources = fired.get(listener) ?? new Set();
    for (const step of changed) sources.add(step);
    fired.set(listener, sources);
  }
  return Array.from(fired, ([step, sources]) => ({ step: toListener(step), firedBy: [...sources] }));
}

/** The step under which a listener's reaction is returned. */
export function toListener(step: Step): Step {
  const id = `listener_${step.id}`;
  return { ...step, id, tag: stepTag({ ...step, id, fun: 'mod_watch' }) };
}

function isHeard(run: RunState, listener: Step, heard: Step): boolean {
  const isDue = run.journal?.due.get(toListener(listener).tag)?.has(heard.tag) ?? false;
  return isDue || run.finished.get(heard.tag)?.outcome.isChanged === true;
}

function toList(value: Value | undefined): Value {
  if (!isDict(value)) return value ?? [];
  return [...value].map((pair): Value => new Map([pair]));
}

function missingListened([type, target]: readonly [string, string], from: Step): MissingListened {
  const parts = { state: 'Listen_Error', id: `listen_${target}`, name: `listen_${type}`, fun: 'Listen_Error' };
  const named = type === 'id' ? target : `${type}: ${target}`;
  const step: Step = { ...from, ...parts, name: `listen_${type}:${target}`, chunk: new Map(), tag: stepTag(parts) };
  return { step, comment: `Referenced state ${named} does not exist` };
}
