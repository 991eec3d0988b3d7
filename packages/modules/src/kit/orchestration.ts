import type { Dict, JobStatus, Target, Value } from '@brine/common';

/** A function to be run on minions. */
export interface MinionsCall {
  readonly target: Target;
  readonly fun: string;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
  /** Seconds in which a minion must have taken the job; the master's `timeout` unless given. */
  readonly timeout?: number;
  /** A number of minions at a time, or a share: `3`, `25%`. */
  readonly batch?: string;
  /** A minion that fails ends a run in batches. */
  readonly failhard?: boolean;
  /** Only so many of the minions, drawn at random. */
  readonly subset?: number;
  /** Where minions hand their returns beside the master. */
  readonly returners?: { readonly names: readonly string[]; readonly config?: string; readonly kwargs?: Dict };
}

/** What became of a call on one minion. */
export interface MinionAnswer {
  /** `unreachable`: it has the job, but its connection is gone. */
  readonly status: JobStatus | 'unreachable';
  readonly value: Value;
  readonly retcode: number;
}

/** What became of a call on minions. */
export interface MinionsAnswer {
  /** Absent when nothing matched the target, so that there was no job. */
  readonly jid?: string;
  readonly answers: ReadonlyMap<string, MinionAnswer>;
}

/** A runner or wheel function to be run. */
export interface MasterFunctionCall {
  readonly kind: 'runner' | 'wheel';
  readonly fun: string;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
}

/** What became of it. */
export interface MasterFunctionAnswer {
  readonly jid?: string;
  readonly value: Value;
  readonly isSuccess: boolean;
}

/** Events that a step waits for. */
export interface EventWish {
  /** A glob over tags. */
  readonly tag: string;
  /** The member of the payload that is looked at. */
  readonly key: string;
  /** What it is to be: every one of these has to come. */
  readonly values: readonly Value[];
  /** Seconds. */
  readonly timeout: number;
}

/** What was seen of them. */
export interface EventsSeen {
  readonly seen: readonly Value[];
  readonly isComplete: boolean;
  readonly seconds: number;
}

/**
 * The master, as the `salt.*` states of an orchestration reach it. It belongs to one step: calls are told apart by the
 * `part` of the step that they are, and what an interrupted run began under the same part is taken up, not begun again.
 */
export interface OrchestrationPort {
  runOnMinions(call: MinionsCall, part?: string): Promise<MinionsAnswer>;
  /** Throws what the function throws, and `orchestration-interrupted` when it was under way and cannot be taken up. */
  runOnMaster(call: MasterFunctionCall, part?: string): Promise<MasterFunctionAnswer>;
  awaitEvents(wish: EventWish): Promise<EventsSeen>;
  /** The accepted minions that a target means, sorted; none when there are none. */
  resolve(target: Target): Promise<readonly string[]>;
  /** Keeps a value of this step over restarts. */
  keep(name: string, value: Value): Promise<void>;
  kept(name: string): Promise<Value | undefined>;
  /** Waits while the orchestration is paused before a part of this step. `kill`: it is to end. */
  gate(id: string): Promise<'run' | 'kill'>;
}
