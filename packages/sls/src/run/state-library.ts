import type { Applied, Dict, ForetoldOutcome, StateFails, StateIsOk, StateWillChange } from '@brine/common';
import type { Step } from '../compile/step.ts';

/** The states there are, bound to their host. */
export interface StateLibrary {
  /** Full names, as `file.managed`. */
  names(): readonly string[];
  /** What a function takes; `undefined` when there is no such function. */
  describe(name: string): Promise<StateDescription | undefined>;
  /**
   * Validates the step's arguments ({@link functionArguments}) and looks. Wrong arguments come back as a `fail`
   * outcome in Salt's words, or as an AppError whose problems name them.
   */
  check(step: Step, context: StepContext): Promise<BoundOutcome>;
  /** What is wrong with the step's arguments, found without a look at the machine; nothing when they are right. */
  validate(step: Step): Promise<readonly ArgumentFault[]>;
  /** What a fired `watch` or `listen` asks for; called only when `describe` said `hasOnWatch`. */
  onWatch(step: Step, context: StepContext): Promise<BoundOutcome>;
}

/** What the engine needs to know of a state function. */
export interface StateDescription {
  readonly argumentNames: readonly string[];
  /** Whether it takes arguments beyond those it names. */
  readonly acceptsUnknown: boolean;
  readonly hasOnWatch: boolean;
}

/** One thing that is wrong with the arguments of a step. */
export interface ArgumentFault {
  /** The argument it is about, when it is about one that is given. */
  readonly argument?: string;
  readonly summary: string;
  readonly help?: string;
  /** It works, but is hardly meant. */
  readonly isDoubt?: boolean;
}

/** A state's outcome with the host already bound into `apply`. */
export type BoundOutcome = StateIsOk | StateFails | BoundChange;

/** The described state does not hold; `apply` brings it about. */
export interface BoundChange {
  readonly kind: 'change';
  readonly pending: StateWillChange<unknown>['pending'];
  readonly foretell?: () => Promise<ForetoldOutcome>;
  readonly apply: () => Promise<Applied>;
}

/** What a step's look and its application share with the run they are part of. */
export interface StepContext {
  readonly grains: Dict;
  readonly pillar: Dict;
  readonly options: Dict;
  /** Fires when the run is cancelled or the step's `timeout` is over. */
  readonly signal: AbortSignal;
  /** What earlier steps accumulated for the file this step manages: accumulator → texts, in order. */
  readonly accumulated: ReadonlyMap<string, readonly string[]>;
  /** Facts that a run looks up once, shared by all of its steps. */
  readonly memory: Map<string, unknown>;
  /** The steps whose changes fired this step's `watch` or `listen`; empty for a plain check. */
  readonly firedBy: readonly FiringStep[];
  /** The steps that this step's `require` names, whichever side wrote it (`file.directory` keeps their files). */
  readonly requiredSteps: readonly Step[];
  /** The steps whose `require` or `watch` names this one, whichever side wrote it. */
  readonly dependentSteps: () => readonly Step[];
  /** The file creation mask the step asks for (`umask`). */
  readonly umask: number | undefined;
}

/** A step that another one watches. */
export type FiringStep = Pick<Step, 'state' | 'id' | 'name' | 'fun'>;
