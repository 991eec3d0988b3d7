/** The limits and intervals of the protocol; `docs/protocol.md` lists them. Times in milliseconds, sizes in bytes. */
export interface BusLimits {
  /** How often a minion pings; told by the master. A side that hears nothing for three of these ends the session. */
  readonly heartbeatMilliseconds: number;
  /** How long a peer may take from its hello to its proof. */
  readonly handshakeMilliseconds: number;
  /** Minions a second that the master lets in; beyond it they are told when to come again. */
  readonly admissionsPerSecond: number;
  /** Sessions of peers that wait for their turn to be let in; those beyond come back for it. */
  readonly postponedSessions: number;
  /** How long an older session of the same key has to answer before a newer one gets its place. */
  readonly twinMilliseconds: number;
  /** Requests a second of one minion that are answered at once, with as many saved up; the rest waits its turn. */
  readonly requestsPerSecond: number;
  /** Handshakes that the master keeps half-open; beyond it the oldest is forgotten. */
  readonly halfOpenHandshakes: number;
  /** Sessions of peers that are not accepted yet which the master keeps to tell them of a change. */
  readonly waitingSessions: number;
  /** Hellos a second that are answered without a puzzle. */
  readonly freeHellosPerSecond: number;
  /** Leading zero bits that the solution of a puzzle must have. */
  readonly puzzleBits: number;
  /** Age at which a minion renews the keys of its session. */
  readonly rekeyMilliseconds: number;
  /** Frames in one direction after which a minion renews the keys of its session. */
  readonly rekeyFrames: number;
  /** Age of the keys at which either side ends the session. */
  readonly expireKeysMilliseconds: number;
  /** Age at which the master renews the broadcast epoch. */
  readonly epochMilliseconds: number;
  /** Requests of one side in flight on one session. */
  readonly requestsInFlight: number;
  /** Bytes waiting to be sent on one session. */
  readonly outboxBytes: number;
  /** How long the master waits for an acknowledgement before it sends a publication again, the first time. */
  readonly resendMilliseconds: number;
  /** Above this many connected targets (when they are half of the fleet or more) a publication is broadcast. */
  readonly directTargets: number;
}

/** What every field of {@link BusLimits} is unless told. */
export const defaultLimits: BusLimits = {
  heartbeatMilliseconds: 15_000,
  handshakeMilliseconds: 30_000,
  admissionsPerSecond: 500,
  postponedSessions: 10_000,
  twinMilliseconds: 2_000,
  requestsPerSecond: 500,
  halfOpenHandshakes: 16_384,
  waitingSessions: 1_000,
  freeHellosPerSecond: 500,
  puzzleBits: 10,
  rekeyMilliseconds: 120_000,
  rekeyFrames: 1_048_576,
  expireKeysMilliseconds: 180_000,
  epochMilliseconds: 3_600_000,
  requestsInFlight: 256,
  outboxBytes: 134_217_728,
  resendMilliseconds: 1_000,
  directTargets: 16,
};
