import type { Clock, Logger, MinionId } from '@brine/common';
import type { DropReason } from './drop-counter.ts';
import type { Identity } from './identity.ts';
import type { BusLimits } from './limits.ts';
import type { SuccessionLink } from './succession.ts';
import type { Transport } from './transport.ts';

/** What the key store says of a peer that proved its key; `later` when it has no room for it. */
export type Verdict = 'accepted' | 'pending' | 'rejected' | 'denied' | 'later';

/** A peer that proved to hold `publicKey` and asks to be known as `id`. */
export interface Candidate {
  readonly id: MinionId;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly fingerprint: string;
  /** What the minion said for itself (a join token, grains for autosign): unverified, at most 4096 bytes. */
  readonly claims: Uint8Array;
}

/** Where a master keeps its publication sequence. */
export interface SequenceReservation {
  /** The number last saved, or 0. */
  load(): Promise<bigint> | bigint;
  /** Resolves when it is durable that numbers up to `reservedUpTo` may have been used. */
  save(reservedUpTo: bigint): Promise<void> | void;
}

/** Why a minion's session ended. */
export type DisconnectReason =
  | 'gone'
  | 'silent'
  | 'left'
  | 'replaced'
  | 'revoked'
  | 'keys-expired'
  | 'violation'
  | 'stopped';

/** What a master bus is made of. Callbacks that throw are logged; none of them can harm the bus. */
export interface MasterBusOptions {
  readonly identity: Identity;
  /** How former keys lead to that of `identity`, the oldest first. */
  readonly succession?: readonly SuccessionLink[];
  readonly transport: Transport;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The address to listen on, e.g. `0.0.0.0`. */
  readonly interface: string;
  /** 0 takes any free port. */
  readonly publishPort: number;
  /** 0 takes any free port. */
  readonly returnPort: number;
  readonly sequenceStore: SequenceReservation;
  /** Called once in each handshake, after the peer proved its key, and again at {@link MasterBus.reconsider}. */
  authorize(candidate: Candidate): Promise<Verdict>;
  /** Answers a request that an accepted minion makes inside its session; `signal` aborts when nobody waits any more. */
  onRequest(minionId: MinionId, verb: string, body: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
  /**
   * Whether two peers that proved the same key are two machines; then the one with the session keeps it if it answers, and the
   * other is told `twin`. Absent, they are.
   */
  isTwin?(older: Candidate, newer: Candidate): boolean;
  /** A second machine with the key of a connected minion was turned away. */
  onTwin?(candidate: Candidate): void;
  onConnected(minionId: MinionId): void;
  onDisconnected(minionId: MinionId, reason: DisconnectReason): void;
  /** The minion accepted the publication durably. */
  onAcknowledged(minionId: MinionId, publicationId: string): void;
  readonly limits?: Partial<BusLimits>;
}

/** What a master asks of minions, as the bus carries it. */
export interface Publication {
  /** 1 to 64 letters, digits, `.`, `_` or `-`; a jid. Minions and the master know a publication by it. */
  readonly id: string;
  readonly minions: readonly MinionId[];
  readonly body: Uint8Array;
  /** Milliseconds since the Unix epoch after which it is neither sent nor accepted. */
  readonly notAfter: number;
  /** `true` to broadcast to all that can hear it, `false` to use sessions only; the bus decides unless told. */
  readonly broadcast?: boolean;
}

/** How long a request may take, and how it is given up. */
export interface RequestOptions {
  /** 60 seconds unless told. */
  readonly timeoutMilliseconds?: number;
  readonly signal?: AbortSignal;
}

/** The master's side of the bus. */
export interface MasterBus {
  /** Listens. Throws `bus-address-in-use` or `bus-address-unusable`. */
  start(): Promise<{ publishPort: number; returnPort: number }>;
  /** Says goodbye to every minion and closes the sockets; requests in flight fail with `bus-stopped`. */
  stop(): Promise<void>;
  /**
   * Delivers a publication to the minions it names: resolves when it is on its way to those that are
   * connected. Each minion that does not acknowledge gets it again through its session, also after a reconnect, until
   * it acknowledges, `notAfter` passes, it is revoked or {@link withdraw} is called. The same id may be published again
   * to more minions. Rejects with `bus-publication` for an id outside the grammar or a broken `notAfter`,
   * `bus-too-large` or `bus-stopped`.
   */
  publish(publication: Publication): Promise<void>;
  /** Stops delivering a publication, to `minions` or to all. Those that have it keep it. */
  withdraw(publicationId: string, minions?: readonly MinionId[]): void;
  /**
   * Asks a connected minion inside its session. Rejects with `bus-not-connected`, `bus-timeout`, `bus-disconnected`,
   * `bus-cancelled`, `bus-busy`, `bus-too-large`, or with the code that the minion answered.
   */
  request(minionId: MinionId, verb: string, body: Uint8Array, options?: RequestOptions): Promise<Uint8Array>;
  /** Cuts every session of that id at once, forgets what waits for it, and renews the broadcast epoch for the others. */
  revoke(minionId: MinionId): Promise<void>;
  /**
   * Asks `authorize` again about every live session of that id (all ids when absent) and tells the minions: to be called when the key store
   * changed. A pending minion that is accepted now is in at once; an accepted one that is no longer so is revoked.
   */
  reconsider(minionId?: MinionId): Promise<void>;
  /**
   * From now on the master is `identity`, to which `succession` (the oldest link first) leads from its former keys. Minions in a
   * session are told and stay connected; those that are away find the chain in their next handshake.
   */
  succeed(identity: Identity, succession: readonly SuccessionLink[]): void;
  /**
   * The wall clock was set by so many milliseconds, negative for back. Minions in a session learn the time; when it was set back, what is
   * owed ends so much earlier by the new clock: as long from now as before. To be called before anything is published by the new time.
   */
  clockStepped(milliseconds: number): void;
  connectedMinions(): readonly MinionId[];
  /**
   * The connected minions that prove within the given time that they are there, sorted: each is pinged inside its
   * session, and only an authentic frame counts that comes after this call.
   */
  probe(timeoutMilliseconds: number): Promise<readonly MinionId[]>;
  /** How many frames were dropped without an answer, by reason. */
  droppedFrames(): Readonly<Record<DropReason, number>>;
}
