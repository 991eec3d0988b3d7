import type { Logger, MinionId } from '@brine/common';
import type { DropCounter } from './drop-counter.ts';
import { fingerprint } from './fingerprint.ts';
import type { FrameOf } from './frame.ts';
import type { BusLimits } from './limits.ts';
import type { ProvenPeer } from './master-handshake.ts';
import type { Candidate, DisconnectReason, MasterBusOptions, Verdict } from './master-bus-options.ts';
import { createRequestDesk, type RequestDesk } from './request-desk.ts';
import { createSession, type Session, type SessionEnd } from './session.ts';
import type { GoodbyeReason, SessionMessage } from './session-message.ts';
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
  status: 'deciding' | 'pending' | 'accepted';
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
  /** Heartbeats and keys; forgets peers about which the key store does not answer. */
  maintain(): void;
  stop(): Promise<void>;
}

/** What the peers are made of. */
export interface MasterPeersOptions {
  readonly bus: MasterBusOptions;
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
  readonly proven: Uint8Array;
  readonly since: number;
  /** Counts the questions to the key store: only the answer to the newest one counts. */
  questions: number;
}

export function createMasterPeers(options: MasterPeersOptions): MasterPeers {
  const { bus, limits, logger } = options;
  const byHandle = new Map<PeerHandle, Entry>();
  const byId = new Map<MinionId, Set<Entry>>();
  const accepted = new Map<MinionId, Entry>();

  const forget = (entry: Entry, reason: DisconnectReason): void => {
    const { id } = entry.candidate;
    if (byHandle.get(entry.handle) === entry) byHandle.delete(entry.handle);
    const twins = byId.get(id);
    twins?.delete(entry);
    if (twins?.size === 0) byId.delete(id);
    entry.desk.close(reason === 'stopped' ? 'bus-stopped' : 'bus-disconnected');
    if (accepted.get(id) !== entry) return;
    accepted.delete(id);
    options.onEnded(id, reason);
  };

  const end = (entry: Entry, reason: DisconnectReason, goodbye?: GoodbyeReason): Promise<void> => {
    const sent = entry.session.end(goodbye);
    forget(entry, reason);
    return sent;
  };

  const register = (handle: PeerHandle, peer: ProvenPeer): Entry => {
    const earlier = byHandle.get(handle);
    if (earlier !== undefined) void end(earlier, 'replaced');
    const entry = createEntry(options, { handle, peer, forget });
    byHandle.set(handle, entry);
    byId.set(peer.id, (byId.get(peer.id) ?? new Set<Entry>()).add(entry));
    return entry;
  };

  const tell = async (entry: Entry, status: Verdict, held: boolean): Promise<void> => {
    const signature = bus.identity.sign(verdictStatement(entry.proven, status));
    const heartbeatMilliseconds = limits.heartbeatMilliseconds;
    const time = Math.floor(bus.clock.now());
    const publishPort = options.publishPort();
    await entry.session.post({ kind: 'verdict', status, held, heartbeatMilliseconds, time, publishPort, signature });
  };

  const accept = async (entry: Entry): Promise<void> => {
    if (entry.status === 'accepted') return;
    const { id } = entry.candidate;
    const older = accepted.get(id);
    if (older !== undefined) void end(older, 'replaced', 'replaced');
    entry.status = 'accepted';
    entry.session.isAccepted = true;
    accepted.set(id, entry);
    const told = tell(entry, 'accepted', true);
    options.onAccepted(entry);
    await told;
  };

  const waiting = (): number => [...byHandle.values()].filter((entry) => entry.status === 'pending').length;

  const refuse = async (entry: Entry, verdict: Exclude<Verdict, 'accepted'>): Promise<void> => {
    if (entry.status === 'accepted') return end(entry, 'revoked', 'revoked');
    const held = verdict === 'pending' && (entry.status === 'pending' || waiting() < limits.waitingSessions);
    entry.status = 'pending';
    await tell(entry, verdict, held);
    if (!held && entry.session.isOpen) await end(entry, 'revoked');
    return undefined;
  };

  const decide = async (entry: Entry): Promise<void> => {
    entry.questions += 1;
    const question = entry.questions;
    try {
      const verdict = await bus.authorize(entry.candidate);
      if (question !== entry.questions || !entry.session.isOpen) return;
      await (verdict === 'accepted' ? accept(entry) : refuse(entry, verdict));
    } catch (error) {
      logger.error('the key store did not answer', { minion: entry.candidate.id, error });
      if (question === entry.questions && entry.status === 'deciding') await end(entry, 'revoked');
    }
  };

  return {
    meet: (handle, proven) => decide(register(handle, proven)),
    receive: (handle, frame) => {
      const entry = byHandle.get(handle);
      if (entry === undefined || entry.status === 'deciding') options.drops.drop('unexpected');
      else entry.session.receive(frame);
    },
    accepted: (minionId) => accepted.get(minionId),
    acceptedIds: () => [...accepted.keys()],
    reconsider: async (minionId) => {
      const entries = minionId === undefined ? byHandle.values() : (byId.get(minionId) ?? []);
      await Promise.all([...entries].map(decide));
    },
    revoke: async (minionId) => {
      const entries = [...(byId.get(minionId) ?? [])];
      await Promise.all(
        entries.map((entry) => end(entry, 'revoked', entry.status === 'deciding' ? undefined : 'revoked')),
      );
    },
    maintain: () => {
      const oldest = bus.clock.monotonic() - limits.handshakeMilliseconds;
      for (const entry of byHandle.values()) {
        if (entry.status !== 'deciding') entry.session.maintain(limits.heartbeatMilliseconds);
        else if (entry.since < oldest) void end(entry, 'silent');
      }
    },
    stop: async () => {
      const entries = [...byHandle.values()];
      await Promise.all(
        entries.map((entry) => end(entry, 'stopped', entry.status === 'deciding' ? undefined : 'stopping')),
      );
    },
  };
}

function createEntry(
  options: MasterPeersOptions,
  met: { handle: PeerHandle; peer: ProvenPeer; forget: (entry: Entry, reason: DisconnectReason) => void },
): Entry {
  const { bus, limits, drops } = options;
  const { handle, peer } = met;
  const { id, publicKey, claims, sequence, proven } = peer;
  const session: Session = createSession({
    side: 'master',
    keys: peer.keys,
    clock: bus.clock,
    limits,
    drops,
    send: (frame) => options.send(handle, frame),
    onMessage: (message) => receive(options, entry, message),
    onEnd: (reason) => met.forget(entry, disconnectReason(reason)),
  });
  const desk = createRequestDesk({
    clock: bus.clock,
    logger: options.logger.child({ minion: id }),
    limit: limits.requestsInFlight,
    post: (message) => session.post(message),
    answer: (verb, body, signal) => bus.onRequest(id, verb, body, signal),
  });
  const entry: Entry = {
    handle,
    candidate: { id, publicKey, fingerprint: fingerprint(publicKey), claims },
    session,
    desk,
    sequence,
    status: 'deciding',
    proven,
    since: bus.clock.monotonic(),
    questions: 0,
  };
  return entry;
}

function receive(options: MasterPeersOptions, entry: Entry, message: SessionMessage): void {
  switch (message.kind) {
    case 'request':
    case 'response':
    case 'failure':
    case 'cancel':
      return entry.desk.receive(message);
    case 'pong':
      return undefined;
    default:
      return options.onMessage(entry, message);
  }
}

function disconnectReason(end: SessionEnd): DisconnectReason {
  if (end === 'gone' || end === 'silent' || end === 'keys-expired' || end === 'violation') return end;
  return 'left';
}
