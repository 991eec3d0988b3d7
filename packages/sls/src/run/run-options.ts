import type { Clock, Dict, Logger } from '@brine/common';
import type { Step } from '../compile/step.ts';
import type { ConditionPort } from './condition-port.ts';
import type { RunEvents, RunJournals, RunProgress, StepGate } from './run-ports.ts';
import type { StateLibrary } from './state-library.ts';

/** What a run needs. */
export interface RunOptions {
  readonly library: StateLibrary;
  readonly conditions: ConditionPort;
  /** Foretell instead of apply. */
  readonly test: boolean;
  /** Answer for every state that it was not called (`mock=True`). */
  readonly mocked?: boolean;
  readonly grains: () => Dict;
  readonly pillar: () => Dict;
  /**
   * The minion's configuration; of it count `failhard`, `disabled_requisites`, `state_aggregate`, `state_events` and
   * `global_state_conditions`.
   */
  readonly options: Dict;
  readonly minionId: string;
  readonly jid: string;
  /** The function that runs, for the journal: `state.apply`. */
  readonly function: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends the run between two steps, and is handed to the one that runs. */
  readonly signal: AbortSignal;
  /** Runs these steps and what they depend on, without listeners (`state.sls_id`); all of them unless given. */
  readonly only?: (step: Step) => boolean;
  /** Looks at these steps, and at what follows from their changes, alone; of all others nothing is asked. */
  readonly focus?: (step: Step) => boolean;
  /** Whether the steps are all that the top files give this minion. */
  readonly isWhole?: boolean;
  /** Called after a step with `reload_modules`, `reload_grains` or `reload_pillar`. */
  readonly reload?: (what: 'modules' | 'grains' | 'pillar') => Promise<void>;
  readonly onProgress?: (progress: RunProgress) => void;
  readonly events?: RunEvents;
  readonly gate?: StepGate;
  readonly journals?: RunJournals;
}
