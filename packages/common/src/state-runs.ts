import type { Dict, Value } from './value.ts';

/** The entry points of the state engine, named as Salt's `state.*` functions. */
export type StateRequestKind =
  | 'apply'
  | 'highstate'
  | 'converge'
  | 'drift'
  | 'sls'
  | 'sls_id'
  | 'single'
  | 'high'
  | 'low'
  | 'template'
  | 'template_str'
  | 'top'
  | 'show_highstate'
  | 'show_lowstate'
  | 'show_sls'
  | 'show_low_sls'
  | 'show_states'
  | 'show_top'
  | 'show_state_usage'
  | 'sls_exists'
  | 'id_exists'
  | 'show_graph'
  | 'check'
  | 'running'
  | 'request'
  | 'check_request'
  | 'clear_request'
  | 'run_request'
  | 'pause'
  | 'resume'
  | 'soft_kill'
  | 'get_pauses';

/** One call of a `state.*` function. */
export interface StateRequest {
  readonly kind: StateRequestKind;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
}

/** What a `state.*` function returns, and Salt's `retcode` for it: 0, 1 (not compiled), 2 (failed), 5 (pillar). */
export interface StateAnswer {
  readonly value: Value;
  readonly retcode: number;
}

/** The state engine as execution functions reach it: the one door to state runs. Answers are in Salt's return shapes. */
export interface StateRuns {
  /** Throws `state-argument` when the call itself is wrong; everything else is part of the answer. */
  run(request: StateRequest): Promise<StateAnswer>;
}
