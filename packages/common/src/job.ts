import type { Target } from './target.ts';

/** Where a job stands on one minion. The first three live; each pair ends in exactly one of the rest. */
export type JobStatus =
  | 'queued'
  | 'delivered'
  | 'running'
  | 'ok'
  | 'failed'
  | 'refused'
  | 'timed-out'
  | 'expired'
  | 'interrupted'
  | 'cancelled';

/** The statuses a (job, minion) pair can end in. */
export const finalJobStatuses: readonly JobStatus[] = [
  'ok',
  'failed',
  'refused',
  'timed-out',
  'expired',
  'interrupted',
  'cancelled',
];

/** What a master asks of minions. Travels boxed and signed; `argument` is an encoded list of values. */
export interface JobMessage {
  readonly jid: string;
  readonly fun: string;
  /** `encodeValue` of the list of positional arguments. */
  readonly argument: Uint8Array;
  /** `encodeValue` of the dict of keyword arguments. */
  readonly keywordArgument: Uint8Array;
  readonly target: Target;
  /** Who asked, e.g. `sudo_root` or `root`. */
  readonly user: string;
  /**
   * The minion that had the job published (`peer`): what the session said that its request came through. The master alone
   * sets it, never from anything that a request says; absent in everybody else's jobs.
   */
  readonly asker?: string;
  /** Milliseconds since the Unix epoch after which a minion must not begin the job. */
  readonly notAfter: number;
  /** The public key of a sealed box: whoever asked may see secrets, and gets the true answer in such a box as well. */
  readonly revealTo?: Uint8Array;
  /** Where the minion hands its return beside the master (`--return`). */
  readonly returners?: ReturnerWish;
  /** Present when the minion gave the job to itself. */
  readonly own?: OwnJob;
}

/** Returners, which of their sets of settings to use (`--return_config`), and `encodeValue` of settings (`--return_kwargs`). */
export interface ReturnerWish {
  readonly names: readonly string[];
  readonly config?: string;
  readonly kwargs?: Uint8Array;
}

/** What a minion began by itself, and how its master hears of it. Never comes from a master. */
export interface OwnJob {
  readonly kind: 'schedule' | 'converge' | 'startup' | 'call';
  /** The name of the job in the schedule. */
  readonly name?: string;
  /** `store`: the master keeps the return as that of a job; `event`: it only tells its event bus; `none`: neither. */
  readonly report: 'store' | 'event' | 'none';
  /** `encodeValue` of what the schedule puts beside the return. */
  readonly metadata?: Uint8Array;
}

/** What a minion answers; on its disk before it is sent, until the master acknowledged it durably. */
export interface JobReturn {
  readonly jid: string;
  readonly fun: string;
  readonly status: Extract<JobStatus, 'ok' | 'failed' | 'refused' | 'timed-out' | 'interrupted' | 'cancelled'>;
  /** `encodeValue` of what the function returned, or of the error text. */
  readonly value: Uint8Array;
  /** With {@link JobMessage.revealTo}: `value` with its secrets, which only who asked can open. */
  readonly sealedValue?: Uint8Array;
  /** Salt's `retcode`: 0 when all went well. */
  readonly retcode: number;
  /** The outputter the function asks for, e.g. `highstate`. */
  readonly outputter?: string;
  /** The version of the pillar that the run worked with; absent when it looked at none. */
  readonly pillarVersion?: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** Milliseconds. */
  readonly duration: number;
  /** Present when the minion gave the job to itself: then the master learns all of it from here. */
  readonly own?: OwnJob & Pick<JobMessage, 'argument' | 'keywordArgument'>;
}

/** How far a running job is. */
export interface JobProgress {
  readonly jid: string;
  /** Steps that ended. */
  readonly done: number;
  /** Steps in all. */
  readonly total: number;
  /** The id of the state that runs now. */
  readonly current?: string;
  /** Steps that failed so far. */
  readonly failed: number;
}
