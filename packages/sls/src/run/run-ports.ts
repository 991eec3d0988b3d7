import type { Dict } from '@brine/common';
import type { Step } from '../compile/step.ts';

/** How far a run is. */
export interface RunProgress {
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  /** The id of the step that starts next; `undefined` when the run is over. */
  readonly current: string | undefined;
}

/** Where the events of a run go (`fire_event`, `state_events`); the tags are Salt's. */
export interface RunEvents {
  fire(tag: string, content: Dict): Promise<void>;
}

/** What can hold or end a run between two steps (`state.pause`, `state.soft_kill`). */
export interface StepGate {
  /** Resolves when the step may run; `kill` ends the run before it. */
  beforeStep(step: Step): Promise<'run' | 'kill'>;
}

/** What a run writes down step by step, so that a killed run can be reported and its followers served later. */
export interface RunJournal {
  /** Changes that an interrupted run made before their followers ran: tag of the follower → tags of what changed. */
  readonly due: ReadonlyMap<string, ReadonlySet<string>>;
  begin(step: Step): Promise<void>;
  /** `followers` are the tags of steps later in this run that this step's changes are to reach. */
  end(step: Step, outcome: { readonly changed: boolean; readonly followers: readonly string[] }): Promise<void>;
}
