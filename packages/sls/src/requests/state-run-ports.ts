import type { Clock, Dict, Logger, Problem, Value } from '@brine/common';
import type { StateFiles } from '../file-roots/state-files.ts';
import type { Renderer } from '../renderers/renderer.ts';
import type { ConditionPort } from '../run/condition-port.ts';
import type { PauseStore } from '../run/pause-gate.ts';
import type { RunEvents, RunJournals, RunPin, RunProgress } from '../run/run-ports.ts';
import type { StateLibrary } from '../run/state-library.ts';
import type { StateLockPort } from './state-lock.ts';
import type { RequestStore } from './stored-requests.ts';

/** Which pillar a run wants; an empty request is the one the job is pinned to. */
export interface PillarRequest {
  readonly pillarenv?: string;
  readonly saltenv?: string;
  /** Merged over the pillar (`pillar=` of the command line). */
  readonly override?: Dict;
  /** Compile anew even if nothing else asks for it (`reload_pillar`). */
  readonly refresh?: boolean;
}

/** A pillar, or the problems for which there is none to work with. */
export interface PillarAnswer {
  readonly pillar: Dict;
  readonly problems: readonly Problem[];
}

/** Ports for one run. */
export interface LocalPorts {
  readonly ports: StateRunPorts;
  close(): Promise<void>;
}

/** Everything state runs need from the minion around them. */
export interface StateRunPorts {
  readonly files: StateFiles;
  readonly renderer: Renderer;
  readonly library: StateLibrary;
  readonly conditions: ConditionPort;
  /** Answers the pillar of a run, which functions called by its templates and states must see from then on. */
  pillar(request: PillarRequest): Promise<PillarAnswer>;
  /** The grains now; asked again after `reload_grains`. */
  grains(): Dict;
  /** The minion's configuration under Salt's key names. */
  readonly options: Dict;
  readonly minionId: string;
  readonly jid: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly lock: StateLockPort;
  /** Reads a file of this machine for `state.template`; without it that is refused. */
  readLocalFile?(path: string): Promise<string | undefined>;
  /** Ports with the configuration that `localconfig=` names laid over theirs; without it that argument is refused. */
  withLocalConfig?(path: string): Promise<LocalPorts>;
  /** Fetches custom modules for `sync_mods`; without it that argument is refused. */
  syncModules?(kinds: readonly string[], saltenv: string): Promise<void>;
  /** Before a highstate: fetches the modules of grains of some environments; whether there are other grains now. */
  loadModules?(environments: readonly string[]): Promise<boolean>;
  /** Loads modules or grains anew after a step with `reload_modules` or `reload_grains`. */
  reload?(what: 'modules' | 'grains'): Promise<void>;
  readonly progress?: (progress: RunProgress) => void;
  readonly events?: RunEvents;
  /** Where `state.pause` and its kin mark runs; without it they are refused. */
  readonly pauses?: PauseStore;
  /** Where `state.request` keeps what it asks for; without it that is refused. */
  readonly requests?: RequestStore;
  readonly journals?: RunJournals;
  /** Decrypts what `pillar=` brings (`pillar_enc`), by a renderer; without it that argument is refused. */
  decryptPillar?(value: Value, renderer: string): Promise<Value>;
  /** For a run that is to outlive its process. */
  readonly pin?: RunPin;
}
