import type { Clock, Dict, Failpoints, JobProgress, Logger } from '@brine/common';
import type { OrchestrationPort } from '@brine/modules/kit';
import type { ManagedFile, PauseStore, RunEvents, RunJournals, RunPin } from '@brine/sls';
import type { LeftFile } from '../converge/left-files.ts';
import type { SealedTree } from '../sealed/sealed-tree.ts';
import type { MasterLink } from './master-link.ts';

/** The master that a call belongs to, when it is one of its orchestrations. */
export interface OrchestrationSide {
  /** The master as a step sees it, by the tag of the step; without one, as templates do. */
  portFor(tag?: string): OrchestrationPort;
  readonly journals: RunJournals;
  readonly pin: RunPin;
  readonly pauses: PauseStore;
  readonly events: RunEvents;
}

/** What a call environment is made of. The same serves `salt-call`, with and without a master, and job workers. */
export interface CallEnvironmentOptions {
  /** The minion's configuration under Salt's key names, with what the master decides put over it. */
  readonly options: Dict;
  readonly minionId: string;
  readonly jid: string;
  readonly log: Logger;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Where fault tests strike; nowhere unless given. */
  readonly failpoints?: Failpoints;
  /** The master; absent in a masterless call, which serves its own roots. */
  readonly link?: MasterLink;
  /** The daemon of this machine, for what it alone knows (`local.*` verbs); absent where none runs. */
  readonly daemon?: MasterLink;
  /** Grains that are known already; else they are collected when they are first needed. */
  readonly grains?: Dict;
  /** Whether grains are not to be collected at all (`--skip-grains`). */
  readonly skipGrains?: boolean;
  /** Whether the functions that are called see no pillar unless they compile one. */
  readonly withoutPillar?: boolean;
  /** Shows a text to whoever called, at once; without it that is only logged. */
  readonly print?: (text: string) => Promise<void>;
  readonly onProgress?: (progress: JobProgress) => void;
  /** Who asked, for the ledger of who changed what. */
  readonly user?: string;
  /** The minion that had this job published, as the master knows it by its session. */
  readonly asker?: string;
  /** A highstate is under way: what it manages. */
  readonly onManaged?: (files: readonly ManagedFile[]) => void;
  /** A state run is over: its files as it left them. Nobody looks at them unless this is given. */
  readonly onLeft?: (files: readonly LeftFile[]) => void;
  /** Keeps what the master tells, or stands in for it. */
  readonly sealed?: SealedTree;
  /** The pillar of this minion was compiled, as it is configured. */
  readonly onPillar?: (pillar: Dict) => void;
  /** The call is an orchestration: what it does is written down by the master, which also steers it. */
  readonly orchestration?: OrchestrationSide;
  /** The call is made by a template of a pillar that a master compiles: the master. */
  readonly compiling?: OrchestrationPort;
  /** The grains were collected anew. */
  readonly onGrains?: (grains: Dict) => Promise<void> | void;
}
