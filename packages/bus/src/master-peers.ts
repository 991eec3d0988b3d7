import type { Logger, MinionId } from '@brine/common';
import { createAdmissionQueue, type AdmissionQueue } from './admission-queue.ts';
import type { DropCounter } from './drop-counter.ts';
import { fingerprint } from './fingerprint.ts';
import type { FrameOf } from './frame.ts';
import type { BusLimits } from './limits.ts';
import type { MasterSelf, ProvenPeer } from './master-handshake.ts';
import { createRate } from './rate.ts';
import type { Candidate, DisconnectReason, MasterBusOptions, Verdict } from './master-bus-options.ts';
import { createRequestDesk, isRequestMessage, type RequestDesk } from './request-desk.ts';
import { createSession, type Session, type SessionEnd } from './session.ts';
import type { GoodbyeReason, MessageOf, SessionMessage } from './session-message.ts';
import { callSafely } from './safe-callback.ts';
import { isPeerTransition, unknownTransition, type PeerStatus } from './states.ts';
import { verdictStatement } from './transcript.ts';
import type { PeerHandle, SendOutcome } from './transport.ts';

/** A peer whose key is proven, with its session. */
export interface MasterPeer {
  readonly handle: PeerHandle;
  readonly candidate: Candidate;
  readonly session: Session;
  readonly desk: RequestDesk;
  /** The highest publication sequence that the minion has seen. */
  readonly sequence: bigint;
  /** `leaving`: its refusal is on the way, and nothing changes it any more. */
  readonly status: PeerStatus;
}

/** The peers that proved their keys, from the question to the key store to the end of their sessions. */
export interface MasterPeers {
  /** A proof was right: asks the key store and answers. Never rejects. */
  meet(handle: PeerHandle, proven: ProvenPeer): Promise<void>;
  receive(handle: PeerHandle, frame: FrameOf<'sealed'>): void;
  accepted(minionId: MinionId): MasterPeer | undefined;
  acceptedIds(): readonly MinionId[];
  /** Asks the key store again about the sessions of an id, or about all. Never rejects. */
  reconsider(minionId: MinionId | undefined): Promise<void>;
  revoke(minionId: MinionId): Promise<void>;
  /** See `MasterBus.probe`. */
  probe(timeoutMilliseconds: number): Promise<readonly MinionId[]>;
  /** The master has another key now. */
  succeed(): void;
  /** The master's clock was set. */
  tellTime(): void;
  /** Heartbeats and keys; forgets peers about which the key store does not answer. */
  maintain(): void;
  stop(): Promise<void>;
}

/** What the peers are made of. */
export interface MasterPeersOptions {
  readonly bus: MasterBusOptions;
  /** Who the master is now. */
  readonly self: () => MasterSelf;
  readonly limits: BusLimits;
  readonly drops: DropCounter;
  readonly logger: Logger;
  publishPort(): number;
  send(handle: PeerHandle, frame: Uint8Array): Promise<SendOutcome>;
  /** A minion was accepted; its verdict is on its way. */
  onAccepted(peer: MasterPeer): void;
  /** What an accepted minion says besides requests. */
  onMessage(peer: MasterPeer, message: SessionMessage): void;
  onEnded(minionId: MinionId, reason: DisconnectReason): void;
}

interface Entry extends MasterPeer {
  status: PeerStatus;
  /** The hash of the handshake, which verdicts sign. */
  readonly proven: Uint8Array;
  readonly since: number;
  /** Counts the questions to the key store: only the answer to the newest one counts. */
  questions: number;
}

/** When a minion is to come again for which the key store has no room. */
const laterMilliseconds = 60_000;

export function createMasterPeers(options: MasterPeersOptions): MasterPeers {
  return new Peers(options);
}

class Peers implements MasterPeers {
  readonly #options: MasterPeersOptions;
  readonly #byHandle = new Map<PeerHandle, Entry>();
  readonly #byId = new Map<MinionId, Set<Entry>>();
  readonly #accepted = new Map<MinionId, Entry>();
  readonly #waiting = new Set<Entry>();
  readonly #admissions: AdmissionQueue<Entry>;

  constructor(options: MasterPeersOptions) {
    this.#options = options;
    this.#admissions = createAdmissionQueue(options.bus.clock, options.limits);
  }

  meet(handle: PeerHandle, proven: ProvenPeer): Promise<void> {
    const earlier = this.#byHandle.get(handle);
    if (earlier !== undefined) void this.#end(earlier, 'replaced');
    const entry = this.#createEntry(handle, proven);
    this.#byHandle.set(handle, entry);
    this.#byId.set(proven.id, this.#withId(proven.id).add(entry));
    if (this.#admissions.tryEnter()) return this.#decide(entry);
    const { milliseconds, isHeld } = this.#admissions.reserve(entry, () => void this.#decide(entry));
    if (!isHeld) return this.#postpone(entry, milliseconds);
    this.#move(entry, 'waiting');
    return this.#tell(entry, 'later', { held: true, retryMilliseconds: milliseconds });
  }

  receive(handle: PeerHandle, frame: FrameOf<'sealed'>): void {
    const entry = this.#byHandle.get(handle);
    if (entry === undefined || entry.status === 'deciding' || entry.status === 'leaving')
      this.#options.drops.drop('unexpected');
    else entry.session.receive(frame);
  }

  accepted(minionId: MinionId): MasterPeer | undefined {
    return this.#accepted.get(minionId);
  }

  acceptedIds(): readonly MinionId[] {
    return [...this.#accepted.keys()];
  }

  async reconsider(minionId: MinionId | undefined): Promise<void> {
    const entries = minionId === undefined ? this.#byHandle.values() : this.#withId(minionId);
    await Promise.all([...entries].map((entry) => this.#decide(entry)));
  }

  async revoke(minionId: MinionId): Promise<void> {
    await Promise.all([...this.#withId(minionId)].map((entry) => this.#end(entry, 'revoked', 'revoked')));
  }

  succeed(): void {
    const { identity, chain } = this.#options.self();
    for (const entry of this.#byHandle.values()) {
      // Its handshake was signed by the former key, and so must be its verdict: it begins anew.
      if (entry.status === 'deciding') void this.#end(entry, 'stopped');
      else void entry.session.post({ kind: 'succession', key: identity.publicKey, chain });
    }
  }

  tellTime(): void {
    const time = Math.floor(this.#options.bus.clock.now());
    for (const entry of this.#byHandle.values()) {
      if (entry.status === 'accepted' || entry.status === 'waiting') void entry.session.post({ kind: 'time', time });
    }
  }

  async probe(timeoutMilliseconds: number): Promise<readonly MinionId[]> {
    const asked = [...this.#accepted.values()];
    const answers = asked.map((entry) => entry.session.answers(timeoutMilliseconds));
    const alive = await Promise.all(answers);
    return asked
      .filter((_entry, index) => alive[index] === true)
      .map(({ candidate }) => candidate.id)
      .sort();
  }

  maintain(): void {
    const { bus, limits } = this.#options;
    const oldest = bus.clock.monotonic() - limits.handshakeMilliseconds;
    for (const entry of this.#byHandle.values()) {
      if (entry.status === 'waiting' || entry.status === 'accepted') {
        entry.session.maintain(limits.heartbeatMilliseconds);
      } else if (entry.since < oldest) {
        void this.#end(entry, 'silent');
      }
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#byHandle.values()].map((entry) => this.#end(entry, 'stopped', 'stopping')));
  }

  async #decide(entry: Entry): Promise<void> {
    const { bus, logger } = this.#options;
    if (entry.status === 'leaving') return;
    this.#admissions.leave(entry);
    entry.questions += 1;
    const question = entry.questions;
    try {
      const verdict = await bus.authorize(entry.candidate);
      if (question !== entry.questions || !entry.session.isOpen) return;
      await (verdict === 'accepted' ? this.#accept(entry, question) : this.#refuse(entry, verdict));
    } catch (error) {
      logger.error('the key store did not answer', { minion: entry.candidate.id, error });
      // One that waits for a person goes on waiting; one whose turn it was begins anew.
      const hasVerdict = entry.status === 'accepted' || this.#waiting.has(entry);
      if (question === entry.questions && !hasVerdict) await this.#end(entry, 'revoked');
    }
  }

  async #accept(entry: Entry, question: number): Promise<void> {
    if (entry.status === 'accepted') return;
    const { id } = entry.candidate;
    const twin = this.#accepted.get(id);
    if (twin !== undefined && this.#isTwin(twin, entry)) {
      const isAlive = await twin.session.answers(this.#options.limits.twinMilliseconds);
      if (question !== entry.questions || !entry.session.isOpen) return;
      if (isAlive) return this.#refuseTwin(entry);
    }
    const older = this.#accepted.get(id);
    if (older !== undefined) void this.#end(older, 'replaced', 'replaced');
    this.#move(entry, 'accepted');
    entry.session.isAccepted = true;
    this.#waiting.delete(entry);
    this.#accepted.set(id, entry);
    const told = this.#tell(entry, 'accepted', { held: true });
    this.#options.onAccepted(entry);
    await told;
  }

  #move(entry: Entry, status: PeerStatus): void {
    if (!isPeerTransition(entry.status, status)) {
      this.#options.logger.error(unknownTransition, { from: entry.status, to: status });
    }
    entry.status = status;
  }

  #isTwin(older: Entry, newer: Entry): boolean {
    if (older.candidate.fingerprint !== newer.candidate.fingerprint) return false;
    return this.#options.bus.isTwin?.(older.candidate, newer.candidate) ?? true;
  }

  async #refuseTwin(entry: Entry): Promise<void> {
    const { bus, logger } = this.#options;
    callSafely(logger, () => bus.onTwin?.(entry.candidate));
    this.#move(entry, 'leaving');
    await this.#tell(entry, 'twin', { held: false });
    return this.#end(entry, 'revoked');
  }

  async #postpone(entry: Entry, retryMilliseconds: number): Promise<void> {
    this.#move(entry, 'leaving');
    await this.#tell(entry, 'later', { held: false, retryMilliseconds });
    return this.#end(entry, 'revoked');
  }

  async #refuse(entry: Entry, verdict: Exclude<Verdict, 'accepted'>): Promise<void> {
    if (entry.status === 'accepted') return this.#end(entry, 'revoked', 'revoked');
    if (verdict === 'later') return this.#postpone(entry, laterMilliseconds);
    const hasRoom = this.#waiting.has(entry) || this.#waiting.size < this.#options.limits.waitingSessions;
    const isHeld = verdict === 'pending' && hasRoom;
    this.#move(entry, isHeld ? 'waiting' : 'leaving');
    if (isHeld) this.#waiting.add(entry);
    await this.#tell(entry, verdict, { held: isHeld });
    return isHeld ? undefined : this.#end(entry, 'revoked');
  }

  async #tell(
    entry: Entry,
    status: MessageOf<'verdict'>['status'],
    { held, retryMilliseconds = 0 }: { readonly held: boolean; readonly retryMilliseconds?: number },
  ): Promise<void> {
    const { bus, limits, self } = this.#options;
    await entry.session.post({
      kind: 'verdict',
      status,
      held,
      heartbeatMilliseconds: limits.heartbeatMilliseconds,
      time: Math.floor(bus.clock.now()),
      publishPort: this.#options.publishPort(),
      retryMilliseconds,
      signature: self().identity.sign(verdictStatement(entry.proven, status)),
    });
  }

  #end(entry: Entry, reason: DisconnectReason, goodbye?: GoodbyeReason): Promise<void> {
    // A peer that was not told a verdict yet is told nothing at all.
    const sent = entry.session.end(entry.status === 'deciding' ? undefined : goodbye);
    this.#forget(entry, reason);
    return sent;
  }

  #forget(entry: Entry, reason: DisconnectReason): void {
    const { id } = entry.candidate;
    if (this.#byHandle.get(entry.handle) === entry) this.#byHandle.delete(entry.handle);
    const twins = this.#withId(id);
    twins.delete(entry);
    if (twins.size === 0) this.#byId.delete(id);
    this.#waiting.delete(entry);
    this.#admissions.leave(entry);
    entry.desk.close(reason === 'stopped' ? 'bus-stopped' : 'bus-disconnected');
    if (this.#accepted.get(id) !== entry) return;
    this.#accepted.delete(id);
    this.#options.onEnded(id, reason);
  }

  #withId(minionId: MinionId): Set<Entry> {
    return this.#byId.get(minionId) ?? new Set();
  }

  #createEntry(handle: PeerHandle, peer: ProvenPeer): Entry {
    const { bus, limits, drops, logger } = this.#options;
    const { id, publicKey, claims, sequence, proven } = peer;
    const session: Session = createSession({
      side: 'master',
      keys: peer.keys,
      clock: bus.clock,
      limits,
      drops,
      send: (frame) => this.#options.send(handle, frame),
      onMessage: (message) => this.#receiveMessage(entry, message),
      onEnd: (reason) => this.#forget(entry, disconnectReason(reason)),
    });
    const desk = createRequestDesk({
      clock: bus.clock,
      logger: logger.child({ minion: id }),
      limit: limits.requestsInFlight,
      rate: createRate(bus.clock, limits.requestsPerSecond),
      post: (message) => session.post(message),
      answer: (verb, body, signal) => bus.onRequest(id, verb, body, signal),
    });
    const candidate = { id, publicKey, fingerprint: fingerprint(publicKey), claims };
    const since = bus.clock.monotonic();
    const entry: Entry = {
      handle,
      candidate,
      session,
      desk,
      sequence,
      proven,
      since,
      status: 'deciding',
      questions: 0,
    };
    return entry;
  }

  #receiveMessage(entry: Entry, message: SessionMessage): void {
    if (isRequestMessage(message)) entry.desk.receive(message);
    else if (message.kind !== 'pong') this.#options.onMessage(entry, message);
  }
}

function disconnectReason(end: SessionEnd): DisconnectReason {
  if (end === 'gone' || end === 'silent' || end === 'keys-expired' || end === 'violation') return end;
  return 'left';
}
