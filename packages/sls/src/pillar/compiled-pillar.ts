import type { Dict, Problem, SourceSpan, Value } from '@brine/common';

/** The pillar of one minion. */
export interface CompiledPillar {
  /** What compiled; when `problems` has an error it is for showing only and never to be worked with. */
  readonly pillar: Dict;
  readonly problems: readonly Problem[];
  /** Places that set the value at a path of keys, in merge order: the last one won. */
  readonly originsOf: (path: readonly Value[]) => readonly SourceSpan[];
}
