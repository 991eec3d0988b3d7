import type { Dict, JobProgress, JobStatus, Target, Value } from '@brine/common';
import type { AccessControl } from './access-ports.ts';
import type { Caller } from './caller.ts';

/** A job as a client asks for it. Several functions in one job: see `callsOf`, which splits it. */
export interface JobRequest {
  readonly target: Target;
  readonly fun: string;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
  /** Milliseconds in which a minion must have taken the job, counted from when it is released to it. */
  readonly deliverWithin: number;
  /** Waits for minions that are away; a newer highstate takes the place of an equal one that still waits. */
  readonly durable?: boolean;
  /** Not all minions at once. */
  readonly batch?: BatchWish;
  /** A batch of `size` when at least `limit` minions match. */
  readonly safeBatch?: { readonly limit: number; readonly size: string };
  /** Milliseconds a minion with a job of a batch may be away before the next gets its place. */
  readonly patience?: number;
  /** Only so many of the minions that match, drawn at random. */
  readonly subset?: number;
  /** Where minions hand their returns beside the master: names of returners, which of their settings, and settings. */
  readonly returners?: { readonly names: readonly string[]; readonly config?: string; readonly kwargs?: Dict };
  /** Kept with the job, to find it by. */
  readonly metadata?: Value;
  /** The id the job is to have, instead of the next one: 20 digits that no other job has, at most a minute ahead. */
  readonly jid?: string;
  /** A request that is sent again runs once. */
  readonly once?: OnceWish;
  /** Who asked wants to see secrets, and has to be allowed to; what is kept of the answers has fingerprints. */
  readonly showsSecrets?: boolean;
}

/** What tells a repeated request from a new one. */
export interface OnceWish {
  /** The same in every repetition, and different for different callers. */
  readonly key: string;
  /** Of the whole request: another digest under the same key is another request. */
  readonly digest: string;
}

/** How a job is released a few minions at a time. */
export interface BatchWish {
  /** A number of minions (`3`) or a share of those that match (`25%`). */
  readonly size: string;
  /** Milliseconds a place stays empty after a minion has ended. */
  readonly wait?: number;
  /** A minion that fails keeps the rest from getting the job: they end `cancelled`. */
  readonly failhard?: boolean;
}

/** A job that is on disk. */
export interface SubmittedJob {
  readonly jid: string;
  /** The minions it is for, sorted. */
  readonly minions: readonly string[];
}

/** What happens to a followed job. */
export type JobEvent =
  | { readonly kind: 'submitted'; readonly jid: string; readonly minions: readonly string[] }
  /** A job in batches was released to these minions; the first such event names all that had been by then. */
  | { readonly kind: 'batch'; readonly minions: readonly string[] }
  | { readonly kind: 'status'; readonly minion: string; readonly status: JobStatus }
  | { readonly kind: 'progress'; readonly minion: string; readonly progress: JobProgress }
  | JobReturnEvent
  | { readonly kind: 'unreachable'; readonly minion: string; readonly status: JobStatus }
  | { readonly kind: 'end' };

/** The final word of one minion on one job. */
export interface JobReturnEvent {
  readonly kind: 'return';
  readonly minion: string;
  readonly jid: string;
  readonly fun: string;
  readonly status: JobStatus;
  readonly value: Value;
  readonly retcode: number;
  readonly outputter?: string;
  /** The version of the pillar that the minion worked with. */
  readonly pillarVersion?: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt?: number;
  /** Milliseconds. */
  readonly duration?: number;
}

/** Which jobs are listed. */
export interface JobListing {
  readonly limit: number;
  readonly before?: string;
}

/** How a job is followed. */
export interface FollowWish {
  /** Milliseconds. */
  readonly patience: number;
  /** The same for a minion that vanished without saying that it stops; `patience` unless given. */
  readonly patienceWithVanished?: number;
  readonly signal: AbortSignal;
  readonly showsSecrets?: boolean;
}

/** Jobs as the control surface reaches them. */
export interface JobControl {
  /** The minions that a target means, sorted. Throws `target-invalid` and `target-empty`. */
  resolve(target: Target): readonly string[];
  /**
   * Resolves when the job is durable; for a request that was sent before, with the job it made then. Throws `target-invalid`,
   * `target-empty`, `job-refused`, `request-invalid`, `job-exists` and `idempotency-conflict`.
   */
  submit(request: JobRequest, caller: Caller): Promise<SubmittedJob>;
  /**
   * Everything that happened and happens to a job until each minion reached its final status, or is
   * `unreachable` (not connected) for `patience` milliseconds; a durable job that waits for a minion which is away
   * tells at once that it is `unreachable` with the status `queued`. With `showsSecrets`, which is for who submitted the
   * job with it, answers have their secrets; they are shown once.
   */
  follow(jid: string, options: FollowWish): AsyncIterable<JobEvent>;
  /** Jobs, newest first, in Salt's shape with the job id as `jid`; those older than `before`, if given. */
  list(options: JobListing): Promise<readonly Dict[]>;
  /** One job with its minions, returns and statuses, in Salt's shape. Throws `job-unknown`. */
  find(jid: string): Promise<Dict>;
  /** Asks every minion that has not finished to stop. */
  cancel(jid: string, caller: Caller): Promise<readonly string[]>;
}

/** The four places a minion's key can be in. */
export type KeyState = 'accepted' | 'pending' | 'rejected' | 'denied';

/** One key. */
export interface KeyEntry {
  readonly id: string;
  readonly state: KeyState;
  /** SHA-256 of the public key, colon-separated. */
  readonly fingerprint: string;
  /** The public key in its text form. */
  readonly publicKey: string;
  /** When a second machine with this key was turned away last: milliseconds since the Unix epoch. */
  readonly clonedAt?: number;
  /** Of a denied key: the minion whose key it is. */
  readonly keyOf?: string;
}

/** What to do with which keys. */
export interface KeyChange {
  readonly action: 'accept' | 'reject' | 'delete';
  /** A glob over ids, or several separated by commas; `*` is all. */
  readonly match: string;
  /** Which states the glob is looked up in. */
  readonly from: readonly KeyState[];
}

/** A key that was deleted and can still be restored; `state` is where it was. */
export interface DeletedKeyEntry extends KeyEntry {
  /** Milliseconds since the Unix epoch. */
  readonly deletedAt: number;
}

/** A join token without its secret, of which only a hash is kept. */
export interface JoinToken {
  readonly name: string;
  /** The ids it lets in: a glob, or several separated by commas. */
  readonly match: string;
  readonly status: 'open' | 'used' | 'expired';
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly expiresAt: number;
  /** The minion that it let in. */
  readonly usedBy?: string;
}

/** A token just made, with the text that a minion shows. */
export interface CreatedToken extends JoinToken {
  readonly token: string;
}

/** How a minion took the wish to renew its key. */
export interface RotationAnswer {
  readonly id: string;
  /** `waiting`: it is not connected, and renews its key when it comes back; so does one that `failed` to now. */
  readonly status: 'asked' | 'waiting' | 'failed';
  /** Of its new key, when it was asked. */
  readonly fingerprint?: string;
}

/** Keys as the control surface and the offline `salt-key` reach them. */
export interface KeyControl {
  list(match?: string): Promise<readonly KeyEntry[]>;
  /** The keys that were changed. */
  change(change: KeyChange): Promise<readonly KeyEntry[]>;
  /** The master's own key. */
  master(): Promise<{ readonly fingerprint: string; readonly publicKey: string }>;
  /** Keys that were deleted and can be restored, the newest first. */
  deleted(): Promise<readonly DeletedKeyEntry[]>;
  /** Undoes the newest deletion of each id that matches and is free. Throws `key-not-found`. */
  restore(match: string): Promise<readonly KeyEntry[]>;
  createToken(wish: { readonly match: string; readonly milliseconds: number }): Promise<CreatedToken>;
  tokens(): Promise<readonly JoinToken[]>;
  /** Throws `token-unknown`. */
  revokeToken(name: string): Promise<JoinToken>;
  /** Gives the master a new key, which the old one vouches for; every minion follows by itself. */
  rotateMaster(): Promise<{ readonly from: string; readonly fingerprint: string }>;
  /**
   * Asks connected minions to make new keys, which their old ones vouch for, and the others when they come back. Throws
   * `key-not-found`.
   */
  rotateMinions(match: string): Promise<readonly RotationAnswer[]>;
}

/** A call of a runner or wheel function. */
export interface MasterCall {
  readonly fun: string;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
  /** What it works under, for this call alone; runners heed it. */
  readonly terms?: CallTerms;
}

/** Terms of one call of a runner. */
export interface CallTerms {
  /** Seconds in place of `timeout` of the configuration. */
  readonly timeout?: number;
  /** The id the call is to have: 20 digits. */
  readonly jid?: string;
  /** Functions on the machine of the master see no grains. */
  readonly skipsGrains?: boolean;
}

/** Which event tells of a call, in Salt's form. */
export interface AnnouncedCall {
  readonly jid: string;
  /** `salt/run/JID` or `salt/wheel/JID`. */
  readonly tag: string;
}

/** What a runner answered. */
export interface RunnerAnswer {
  readonly value: Value;
  readonly retcode: number;
  readonly outputter?: string;
  /** What it printed besides. */
  readonly printed?: string;
}

/** Runners (`salt-run`) as the control surface reaches them. Every call is judged and announced on the event bus. */
export interface RunnerControl {
  /** Throws `access-refused` and what the runner throws. */
  run(call: MasterCall, caller: Caller): Promise<RunnerAnswer & { readonly announced?: AnnouncedCall }>;
  /** Begins a call and does not wait for it; what comes of it is told by events. Throws `access-refused`. */
  begin(call: MasterCall, caller: Caller): AnnouncedCall;
}

/** What a wheel function answered, in Salt's shape. */
export interface WheelAnswer {
  readonly announced: AnnouncedCall;
  /** What Salt's clients get: `fun jid tag user _stamp return success`. */
  readonly data: Dict;
}

/** Wheel functions (keys, configuration, roots) as the control surface reaches them. */
export interface WheelControl {
  /** What goes wrong inside a function is in the answer (`success: false`). Throws `access-refused`. */
  run(call: MasterCall, caller: Caller): Promise<WheelAnswer>;
  begin(call: MasterCall, caller: Caller): AnnouncedCall;
}

/** One event of the master's event bus, in Salt's tags. */
export interface MasterEvent {
  readonly tag: string;
  readonly payload: Dict;
}

/** Events as the control surface reaches them. */
export interface EventControl {
  /** Events from now on whose tag matches the glob. A reader that falls behind gets a `gap` event. */
  subscribe(options: { readonly tag?: string; readonly signal: AbortSignal }): AsyncIterable<MasterEvent>;
  /** Puts an event on the bus. */
  fire(tag: string, payload: Dict): void;
}

/** What is counted of a master. */
export interface MasterMeasures {
  readonly connectedMinions: number;
  readonly acceptedMinions: number;
  /** Jobs submitted since the start. */
  readonly jobs: number;
  /** Ends of jobs on minions since the start, by status. */
  readonly endings: Readonly<Record<string, number>>;
  /** Jobs on minions that have not ended, by status. */
  readonly open: Readonly<Record<string, number>>;
  /** Seconds from submission to return: how many took at most each of the bounds. */
  readonly latency: {
    readonly bounds: readonly number[];
    readonly buckets: readonly number[];
    readonly count: number;
    readonly sum: number;
  };
}

/** Everything the control surface can do. */
export interface ControlPorts {
  readonly jobs: JobControl;
  readonly keys: KeyControl;
  readonly runners: RunnerControl;
  readonly wheel: WheelControl;
  readonly access: AccessControl;
  readonly events: EventControl;
  /** Facts about the running master. */
  status(): Dict;
  /** What keeps the master from taking jobs; `undefined` when nothing does. */
  readiness(): Promise<string | undefined>;
  measures(): Promise<MasterMeasures>;
}
