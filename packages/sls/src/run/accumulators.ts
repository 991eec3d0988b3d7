import { isDict, pythonStr, type Dict } from '@brine/common';
import type { Step } from '../compile/step.ts';

/** Texts that steps hand to the later step which manages a file. */
export interface Accumulators {
  /** Takes `accumulate: {filename, name, texts}` out of the members of a return. */
  take(extra: Dict): void;
  /** What was accumulated for a step's file: accumulator → texts, in order, each once. */
  for(step: Step): ReadonlyMap<string, readonly string[]>;
}

/** Accumulators of one run. */
export function createAccumulators(): Accumulators {
  const byFile = new Map<string, Map<string, string[]>>();
  return {
    take(extra) {
      const accumulated = extra.get('accumulate');
      extra.delete('accumulate');
      if (!isDict(accumulated)) return;
      const file = pythonStr(accumulated.get('filename') ?? '');
      const name = pythonStr(accumulated.get('name') ?? '');
      const texts = accumulated.get('texts');
      const ofFile = byFile.get(file) ?? new Map<string, string[]>();
      byFile.set(file, ofFile);
      const kept = ofFile.get(name) ?? [];
      ofFile.set(name, kept);
      for (const text of Array.isArray(texts) ? texts.map(pythonStr) : []) if (!kept.includes(text)) kept.push(text);
    },
    for: (step) => byFile.get(step.name) ?? byFile.get(step.id) ?? new Map(),
  };
}
