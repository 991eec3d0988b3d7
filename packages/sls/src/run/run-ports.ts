import type { Dict } from '@brine/common';
import type { Step } from '../compile/step.ts';
import type { StepResult } from './step-result.ts';

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

/** Where runs write down what they do, so that a killed run can be reported and its followers served later. */
export interface RunJournals {
  /** Begins the record of a run and takes over what interrupted runs left; a dry run only reads that. */
  open(run: JournaledRun): Promise<RunJournal>;
}

/** What a run was compiled to. */
export interface PinnedRun {
  readonly steps: readonly Step[];
  readonly high: Dict;
}

/** Where a run that is to outlive its process keeps what it was compiled to, so that it goes on with the same steps. */
export interface RunPin {
  read(): Promise<PinnedRun | undefined>;
  write(run: PinnedRun): Promise<void>;
}

/** The run that a journal is about. */
export interface JournaledRun {
  /** The function that runs: `state.apply`. */
  readonly function: string;
  readonly test: boolean;
  /** Whether the run is all that the top files give this minion. */
  readonly isWhole?: boolean;
  /** The steps to run, in their order. */
  readonly steps: readonly Step[];
}

/** How a step ended, for a record that a later process takes up. */
export interface EndedStep {
  readonly outcome: StepResult;
  readonly runNumber: number;
}

/** The record of one run. Nothing but `due` is used in a dry run. */
export interface RunJournal {
  /** Changes that an interrupted run made before their followers ran: tag of the follower → tags of what changed. */
  readonly due: ReadonlyMap<string, ReadonlySet<string>>;
  /**
   * Steps that this very run has been through before its process was ended: tag → how they ended. They are not run
   * again.
   */
  readonly ended?: ReadonlyMap<string, EndedStep>;
  begin(step: Step): Promise<void>;
  /**
   * The step is about to change the machine; must be on the disk when this resolves. `followers` are the tags of steps
   * later in this run that its changes are to reach.
   */
  changing(step: Step, followers: readonly string[]): Promise<void>;
  end(step: Step, outcome: { readonly changed: boolean; readonly ended?: EndedStep }): Promise<void>;
  /**
   * The run is over. Of one that is not complete (cancelled, ended by `failhard`) the changes whose followers did not
   * run stay due, and of every run those of earlier ones that are not served; `settled` followers are, without a run.
   */
  close(end: { readonly isComplete: boolean; readonly settled: readonly string[] }): Promise<void>;
}
