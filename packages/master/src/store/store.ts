import type { Jid, JobReturn, JobStatus, MinionId, Target, Value, ReturnerWish } from '@brine/common';

/** A job as it was submitted. */
export interface JobRecord {
  readonly jid: Jid;
  readonly fun: string;
  /** `encodeValue` of the positional arguments. */
  readonly positional: Uint8Array;
  /** `encodeValue` of the keyword arguments. */
  readonly keyword: Uint8Array;
  readonly target: Target;
  readonly user: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** Milliseconds since the Unix epoch after which no minion may begin it; in batches, one of the first. */
  readonly notAfter: number;
  /** The accepted minion that asked for it, over its session. */
  readonly asker?: MinionId;
  /** The master runs it itself: its minion is the master. */
  readonly own?: true;
  /** It waits for minions that are away. */
  readonly durable?: true;
  /** Of the durable jobs with the same lane a minion gets only the newest. */
  readonly lane?: string;
  /** How it is released in batches; absent when all minions get it at once. */
  readonly batch?: BatchPlan;
  /** Where minions hand their returns beside this master. */
  readonly returners?: ReturnerWish;
  /** What the client wants to find the job by (`--metadata`). */
  readonly metadata?: Value;
  /** What a repetition of the request would bring along; it is not read back. */
  readonly once?: { readonly key: string; readonly digest: string };
}

/** How a job is released to its minions, a few at a time. Times are milliseconds. */
export interface BatchPlan {
  /** How many minions may have it at the same time. */
  readonly places: number;
  /** How long a place stays empty after a minion has ended. */
  readonly wait: number;
  /** A minion that fails keeps the rest from getting the job. */
  readonly failhard: boolean;
  /** How long a minion with the job may be away before its place is free. */
  readonly patience: number;
  /** How long a minion has to take the job once it is released to it. */
  readonly deliverWithin: number;
}

/** Where a job stands on one minion. */
export interface Delivery {
  readonly jid: Jid;
  readonly minion: MinionId;
  readonly status: JobStatus;
  /** Milliseconds since the Unix epoch until which the minion may take it; absent while it is held back. */
  readonly notAfter?: number;
  /** Milliseconds since the Unix epoch. */
  readonly updatedAt: number;
  readonly startedAt?: number;
  readonly retcode?: number;
  /** `encodeValue` of what was returned. */
  readonly value?: Uint8Array;
  readonly outputter?: string;
  /** The version of the pillar that the minion worked with. */
  readonly pillarVersion?: string;
  /** Milliseconds. */
  readonly duration?: number;
}

/** A minion as the master last heard of it. */
export interface MinionRecord {
  readonly id: MinionId;
  /** `encodeValue` of its grains. */
  readonly grains: Uint8Array;
  readonly version: string;
  readonly saltVersion: string;
  /** Milliseconds since the Unix epoch. */
  readonly seenAt: number;
}

/** What is kept of a minion beside its grains. */
export type MinionDataKind = 'pillar' | 'mine';

/** One thing that is kept of a minion. */
export interface MinionData {
  readonly id: MinionId;
  readonly kind: MinionDataKind;
  /** Unreadable without the key of the master's data cache. */
  readonly sealed: Uint8Array;
}

/** What the master keeps on disk beside keys. What a promise resolves for is durable. */
export interface Store {
  /**
   * The deliveries of a job with a batch plan are held back until they are released. Cancels at once what waits for these
   * minions in the lane of the job and is older; tells which. Throws `job-exists`.
   */
  addJob(job: JobRecord, minions: readonly MinionId[]): Promise<readonly Pick<Delivery, 'jid' | 'minion'>[]>;
  /** Lets minions that are held back have the job until `notAfter`; tells which were still held back. */
  release(jid: Jid, minions: readonly MinionId[], notAfter: number): Promise<readonly MinionId[]>;
  /** Jobs of which something is held back, oldest first. */
  heldJobs(): Promise<readonly Jid[]>;
  /** Moves a delivery forward; `false` when it is not there or has reached a final status already. */
  advance(jid: Jid, minion: MinionId, status: JobStatus): Promise<boolean>;
  /** Records a return; `false` when one is there already or the job is not known for this minion. */
  finish(minion: MinionId, jobReturn: JobReturn): Promise<boolean>;
  findJob(jid: Jid): Promise<JobRecord | undefined>;
  /** The job that a request with this key made, and the digest of that request. */
  findSubmission(key: string): Promise<{ readonly jid: Jid; readonly digest: string } | undefined>;
  deliveries(jid: Jid): Promise<readonly Delivery[]>;
  findDelivery(jid: Jid, minion: MinionId): Promise<Delivery | undefined>;
  /** Turns deliveries that nobody took in time into `expired` and tells which. */
  expireQueued(now: number): Promise<readonly Pick<Delivery, 'jid' | 'minion'>[]>;
  /** Moves the ends of all that is queued: the clock they were reckoned by was set by so many milliseconds. */
  shiftDeadlines(milliseconds: number): Promise<void>;
  /** The nearest time at which something queued expires. */
  nextExpiry(): Promise<number | undefined>;
  /** Ends what is open for a minion that is gone for good: `cancelled` when it waited, else `interrupted`. */
  abandon(minion: MinionId): Promise<readonly Jid[]>;
  /** Jobs, newest first, older than `before` when given. */
  listJobs(options: {
    readonly limit: number;
    readonly before?: Jid;
    /** Only jobs of this function, alone or among others. */
    readonly fun?: string;
  }): Promise<readonly JobRecord[]>;
  /** Deliveries that have not reached a final status. */
  unfinished(): Promise<readonly Delivery[]>;
  /** Removes finished jobs created before a time; tells how many. */
  prune(before: number): Promise<number>;
  lastJid(): Promise<Jid | undefined>;
  saveMinion(minion: MinionRecord): Promise<void>;
  removeMinion(id: MinionId): Promise<void>;
  minions(): Promise<readonly MinionRecord[]>;
  /** Replaces what is kept of a minion. */
  saveMinionData(data: MinionData): Promise<void>;
  /** Removes what is kept of a minion: one kind, or all. */
  removeMinionData(id: MinionId, kind?: MinionDataKind): Promise<void>;
  minionData(): Promise<readonly MinionData[]>;
  /** A counter by name; 0 when it was never set. */
  counter(name: string): Promise<bigint>;
  setCounter(name: string, value: bigint): Promise<void>;
  close(): Promise<void>;
}
