import type { Dict, Problem } from '@brine/common';
import type { Step } from './step.ts';

/** What a compile of states gives. When a problem is an error the steps are empty and nothing may run. */
export interface CompiledStates {
  /** High data after extend, requisites-in and exclude. */
  readonly high: Dict;
  /** In the order of `state.show_lowstate`. */
  readonly steps: readonly Step[];
  readonly problems: readonly Problem[];
}
