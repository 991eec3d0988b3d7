import type { Clock, Logger, MinionId } from '@brine/common';
import type { DropReason } from './drop-counter.ts';
import type { Identity } from './identity.ts';
import type { BusLimits } from './limits.ts';
import type { RequestOptions } from './master-bus-options.ts';
import type { SuccessionLink } from './succession.ts';
import type { Transport } from './transport.ts';

/** How a minion knows its master. */
export type Trust = (
  | { readonly kind: 'pinned'; readonly publicKey: Uint8Array }
  | { readonly kind: 'fingerprint'; readonly fingerprint: string }
  /** `expected` is the fingerprint that the first key must have, if one is known. */
  | { readonly kind: 'first-use'; readonly expected?: string }
) & {
  /**
   * Resolves when the key is durable; from then on the bus trusts that key alone. Called with the first key and, whatever
   * the kind, with a later one that the trusted one leads to through `chain`.
   */
  pin?(publicKey: Uint8Array, chain: readonly SuccessionLink[]): Promise<void>;
};

/** Where a minion stands with its master. */
export type MinionState =
  | 'connecting'
  | 'handshaking'
  | 'pending'
  | 'rejected'
  | 'denied'
  /** Another machine that is alive holds the same key. */
  | 'twin'
  | 'accepted'
  | 'master-key-changed'
  | 'stopped';

/** What a change of state is about; each field is there when it applies. */
export interface MinionStateDetails {
  /** Why the last session or attempt ended, in a few words. */
  readonly reason?: string;
  /** Until the next attempt. */
  readonly retryMilliseconds?: number;
  /** Fingerprint of the key that the master showed. */
  readonly masterFingerprint?: string;
  /** Fingerprint of the key that this minion trusts, in `master-key-changed`. */
  readonly trustedFingerprint?: string;
}

/** Where a master is; `publishPort` is told by it inside the session when absent. */
export interface MasterAddress {
  readonly host: string;
  readonly port: number;
  readonly publishPort?: number;
}

/** Where a minion keeps the highest publication sequence it has seen. */
export interface SequenceMark {
  /** The number last saved, or 0. */
  load(): Promise<bigint> | bigint;
  /** Resolves when it is durable. */
  save(highest: bigint): Promise<void> | void;
}

/** A publication that names this minion, signed by its master. */
export interface ReceivedPublication {
  readonly id: string;
  readonly sequence: bigint;
  readonly body: Uint8Array;
  /** Milliseconds since the Unix epoch by this minion's clock, however far that is from the master's. */
  readonly notAfter: number;
}

/** What a minion bus is made of. Callbacks that throw are logged; none of them can harm the bus. */
export interface MinionBusOptions {
  /** A function is asked once for each attempt: after a renewal of the key it gives another. */
  readonly identity: Identity | (() => Identity);
  readonly id: MinionId;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A number from 0 to below 1, for jitter only. */
  random(): number;
  /** Where the master is. A function is asked once for each attempt, so it may go through several masters. */
  readonly master: MasterAddress | (() => MasterAddress);
  /** The longest interval of heartbeats, whatever the master says. */
  readonly heartbeatMilliseconds?: number;
  readonly trust: Trust;
  readonly sequenceStore: SequenceMark;
  /** What to say for itself in the handshake (a join token, grains for autosign), at most 4096 bytes. */
  claims?(): Promise<Uint8Array> | Uint8Array;
  /**
   * Resolves when the publication is durably accepted; then the bus acknowledges it. A rejection leaves it
   * unacknowledged, so it comes again. The same publication may come more than once: answer from the spool.
   */
  onPublication(publication: ReceivedPublication): Promise<void>;
  /** Answers a request of the master inside the session; `signal` aborts when nobody waits any more. */
  onRequest(verb: string, body: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
  onState(state: MinionState, details: MinionStateDetails): void;
  /**
   * Waiting time between attempts: full jitter below a bound that doubles from minimum (500) to maximum (30000);
   * `fixed` waits the bound itself.
   */
  readonly reconnect?: {
    readonly minimumMilliseconds: number;
    readonly maximumMilliseconds: number;
    readonly fixed?: boolean;
  };
  readonly limits?: Partial<BusLimits>;
}

/** The minion's side of the bus. */
export interface MinionBus {
  readonly state: MinionState;
  /** Begins to connect, and goes on until {@link stop}. */
  start(): void;
  /** Leaves the session or attempt there is and begins another at once, with the identity and address of now. */
  reconnect(): Promise<void>;
  /** Says goodbye and closes the sockets; requests in flight fail with `bus-stopped`. */
  stop(): Promise<void>;
  /**
   * Asks the master inside the session, waiting for a session first if need be, all within the timeout. Rejects with
   * `bus-timeout`, `bus-disconnected`, `bus-cancelled`, `bus-busy`, `bus-too-large`, `bus-stopped`, or with the code that
   * the master answered. Idempotent verbs may be asked again.
   */
  request(verb: string, body: Uint8Array, options?: RequestOptions): Promise<Uint8Array>;
  /** How many frames were dropped without an answer, by reason. */
  droppedFrames(): Readonly<Record<DropReason, number>>;
}
