import { compileGlob } from '@brine/common';
import type { Step } from '../compile/step.ts';

/** Finds the steps that a reference means. */
export interface StepIndex {
  /**
   * Steps of the type whose id or name is `target` or matches it as a glob, in the order of the run; the type `id`
   * is any module, `sls` goes by the file.
   */
  resolve(type: string, target: string): readonly Step[];
}

/** Indexes steps; each different reference is looked up once. */
export function createStepIndex(steps: readonly Step[]): StepIndex {
  const exact = new Map<string, Set<Step>>();
  const add = (type: string, target: string, step: Step): void => {
    const key = `${type}\0${target}`;
    const found = exact.get(key);
    if (found === undefined) exact.set(key, new Set([step]));
    else found.add(step);
  };
  for (const step of steps) {
    for (const target of [step.id, step.name]) {
      add('id', target, step);
      add(step.state, target, step);
    }
    if (step.sls !== undefined) add('sls', step.sls, step);
  }
  const resolved = new Map<string, readonly Step[]>();
  return {
    resolve(type, target) {
      const key = `${type}\0${target}`;
      let found = resolved.get(key);
      found ??= /[*?[]/.test(target) ? resolveGlob(steps, type, target) : [...(exact.get(key) ?? [])];
      resolved.set(key, found);
      return found;
    },
  };
}

function resolveGlob(steps: readonly Step[], type: string, target: string): Step[] {
  const matches = compileGlob(target);
  // A path such as `/etc/foo[1]` means itself before it means a glob.
  const isMeant = (text: string): boolean => text === target || matches(text);
  return steps.filter((step) => {
    if (type === 'sls') return step.sls !== undefined && isMeant(step.sls);
    return (type === 'id' || type === step.state) && (isMeant(step.id) || isMeant(step.name));
  });
}
