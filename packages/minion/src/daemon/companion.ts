import type { Dict, JobMessage, JobReturn, OwnJob, ReturnerWish, Value } from '@brine/common';
import type { ManagedFile } from '@brine/sls';
import type { LeftFile } from '../converge/left-files.ts';

/** A job that the minion gives to itself. */
export interface OwnJobWish extends OwnJob {
  readonly fun: string;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
  readonly returners?: ReturnerWish;
}

/** What a companion can have the daemon do. */
export interface CompanionHost {
  /** Takes a job on as if the master had sent it; resolves with its jid when that is on the disk. */
  begin(job: OwnJobWish): Promise<string>;
  /** Jobs of that kind and name that wait or run. */
  countOwn(kind: OwnJob['kind'], name: string): number;
  /** Whether there is a session with the master now. */
  isConnected(): boolean;
  /** Sends an event to the master; rejects when it cannot be sent now. */
  fire(tag: string, payload: Dict): Promise<void>;
  /** Calls an execution function in a worker, beside the jobs; throws `call-failed` with what it said. */
  call(fun: string, positional: readonly Value[], keyword?: Dict): Promise<Value>;
  /** The functions of jobs that run. */
  running(): readonly string[];
}

/** A part of the daemon that starts jobs by itself: the schedule, the converge loop, beacons. */
export interface Companion {
  /** Which requests of `local.companion` it answers. */
  readonly name: string;
  start(): Promise<void> | void;
  stop(): void;
  /** The part of the pillar that daemons need, whenever it was compiled. */
  setPillar?(pillar: Dict): void;
  /** The configuration was read again. */
  configure?(options: Dict): void;
  answer(request: Dict): Promise<Value> | Value;
  /** A session with the master began. */
  connected?(): void;
  /** Any job ended. */
  ended?(job: JobMessage, jobReturn: JobReturn): void;
  /** A highstate is under way: what it manages. */
  managed?(files: readonly ManagedFile[]): void;
  /** What a job of the converge loop left behind; told before it ends. */
  left?(jid: string, files: readonly LeftFile[]): void;
}

/** Makes the companions of a daemon. */
export type CreateCompanions = (host: CompanionHost) => readonly Companion[];
