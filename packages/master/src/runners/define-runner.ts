import type { Clock, Dict, Failpoints, Jid, Logger, Plain } from '@brine/common';
import type { AccessControl, Caller, KeyControl } from '@brine/api';
import type { z } from 'zod';
import type { AutomationMemory } from '../automation/automation.ts';
import type { ReactorControl } from '../automation/reactor/reactor.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { FileService } from '../files/file-service.ts';
import type { TreeUpdates } from '../files/tree-updates.ts';
import type { Dispatcher } from '../jobs/dispatcher.ts';
import type { LocalCalls } from '../local-calls/local-calls.ts';
import type { MineService } from '../mine/mine-service.ts';
import type { MinionDirectory } from '../minions/minion-directory.ts';
import type { Presence } from '../minions/presence.ts';
import type { Orchestrator } from '../orchestration/orchestrator.ts';
import type { PillarCache } from '../pillar/cached-pillar-service.ts';
import type { PillarService } from '../pillar/pillar-service.ts';
import type { Store } from '../store/store.ts';

/** What a runner works with. */
export interface RunnerContext {
  readonly store: Store;
  readonly dispatcher: Dispatcher;
  readonly directory: MinionDirectory;
  readonly presence: Presence;
  readonly keys: KeyControl & { acceptedIds(): readonly string[] };
  readonly files: FileService;
  readonly treeUpdates: Pick<TreeUpdates, 'update'>;
  readonly mine: MineService;
  readonly pillar: PillarService;
  /** Pillars that were compiled before, with `pillar_cache`. */
  readonly pillarCache: PillarCache | undefined;
  readonly events: EventBus;
  readonly access: AccessControl;
  readonly logger: Logger;
  /** Execution functions on the machine of the master. */
  readonly localCalls: LocalCalls;
  readonly automation: Pick<AutomationMemory, 'converge'> & { reactor(): ReactorControl };
  readonly caller: Caller;
  /** The id of this call. */
  readonly jid: Jid;
  readonly clock: Clock;
  readonly orchestrator: () => Orchestrator;
  /** What the fingerprints are made with, by which secrets are shown. */
  readonly redactionKey: Uint8Array;
  /** Where the files of the configuration lie. */
  readonly configDirectory: string;
  /** The master's configuration under Salt's key names. */
  readonly options: Dict;
  /** Where fault tests strike. */
  readonly failpoints: Failpoints;
  readonly setRetcode: (retcode: number) => void;
  /** How the answer is shown, where that depends on what is answered. */
  readonly setOutputter: (name: string) => void;
  /** Shows a text to who called, before the answer. */
  readonly print: (text: string) => void;
  /**
   * To be asked before secrets are answered: throws `access-refused` when the caller may not see them, and keeps the
   * answer out of events.
   */
  readonly revealSecrets: () => void;
  readonly catalogue: () => readonly RunnerDeclaration[];
}

/** One runner function, declared. */
export interface RunnerDeclaration<Schema extends z.ZodObject = z.ZodObject> {
  /** As called: `jobs.list_jobs`. */
  readonly name: string;
  readonly summary: string;
  /** Members in positional order. */
  readonly args: Schema;
  /** Command lines that show its use, without the program. */
  readonly examples: readonly string[];
  run(args: z.infer<Schema>, context: RunnerContext): Promise<Plain> | Plain;
  /** What it answers is for who asked alone: no event shows it. */
  readonly isPrivate?: boolean;
  /** No event shows what it was called with. */
  readonly hidesArguments?: boolean;
  readonly variadic?: string;
  readonly keywords?: string;
  /** The outputter the answer is shown with. */
  readonly outputter?: string;
}

/** Declares a runner function; the identity, typed. */
export function defineRunner<Schema extends z.ZodObject>(
  declaration: RunnerDeclaration<Schema>,
): RunnerDeclaration<Schema> {
  return declaration;
}
