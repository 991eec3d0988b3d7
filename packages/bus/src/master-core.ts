import type { Logger, MinionId } from '@brine/common';
import type { DropCounter } from './drop-counter.ts';
import { decodeFrame, type FrameOf } from './frame.ts';
import { createHalfOpenHandshakes, type HalfOpenHandshakes } from './half-open-handshakes.ts';
import type { BusLimits } from './limits.ts';
import type { MasterSelf } from './master-handshake.ts';
import type { DisconnectReason, MasterBusOptions } from './master-bus-options.ts';
import { createMasterPeers, type MasterPeer, type MasterPeers } from './master-peers.ts';
import { createPublisher, type Publisher } from './publisher.ts';
import { callSafely } from './safe-callback.ts';
import { createSequence, type Sequence } from './sequence.ts';
import type { SessionMessage } from './session-message.ts';
import type { PeerHandle, PublisherSocket, RouterSocket } from './transport.ts';

/** What lives from a master bus's start to its stop. */
export interface MasterCore {
  readonly ports: { readonly publishPort: number; readonly returnPort: number };
  readonly peers: MasterPeers;
  readonly publisher: Publisher;
  /** Heartbeats, ageing keys and forgotten handshakes. */
  maintain(): void;
  clockStepped(milliseconds: number): void;
  /** The master has another key now: tells those it talks with, and begins anew with those it does not know yet. */
  succeed(): void;
  /** Says goodbye to all and closes the sockets. */
  close(): Promise<void>;
}

/** What a master's core is made of. */
export interface MasterCoreOptions {
  readonly bus: MasterBusOptions;
  readonly limits: BusLimits;
  readonly drops: DropCounter;
  readonly logger: Logger;
  /** Who the master is now. */
  readonly self: () => MasterSelf;
}

/** Opens the sockets and serves them. Throws as `MasterBus.start` does, with everything closed again. */
export async function openMasterCore(options: MasterCoreOptions): Promise<MasterCore> {
  const { bus } = options;
  const sequence = await createSequence(bus.sequenceStore);
  const router = await bus.transport.bindRouter({ interface: bus.interface, port: bus.returnPort });
  const broadcasts = await openPublisherSocket(bus, router);
  return new Core(options, { router, broadcasts, sequence });
}

class Core implements MasterCore {
  readonly ports: MasterCore['ports'];
  readonly peers: MasterPeers;
  readonly publisher: Publisher;
  readonly #options: MasterCoreOptions;
  readonly #router: RouterSocket;
  readonly #broadcasts: PublisherSocket;
  readonly #handshakes: HalfOpenHandshakes;

  constructor(options: MasterCoreOptions, open: OpenSockets) {
    const { bus, limits, drops, logger, self } = options;
    const { clock } = bus;
    const { router, broadcasts, sequence } = open;
    this.#options = options;
    this.#router = router;
    this.#broadcasts = broadcasts;
    this.ports = { publishPort: broadcasts.port, returnPort: router.port };
    this.#handshakes = createHalfOpenHandshakes({ self, clock, limits, drops });
    this.peers = createMasterPeers({
      bus,
      self,
      limits,
      drops,
      logger,
      publishPort: () => broadcasts.port,
      send: (handle, frame) => router.send(handle, frame),
      onAccepted: (peer) => this.#welcome(peer),
      onMessage: (peer, message) => this.#receiveMessage(peer.candidate.id, message),
      onEnded: (minionId, reason) => this.#dismiss(minionId, reason),
    });
    this.publisher = createPublisher({
      identity: () => self().identity,
      clock,
      logger,
      limits,
      sequence,
      broadcast: (frame) => broadcasts.send(frame),
      accepted: (minionId) => this.peers.accepted(minionId),
      acceptedIds: () => this.peers.acceptedIds(),
    });
    router.receive((handle, bytes) => callSafely(logger, () => this.#receive(handle, bytes)));
  }

  maintain(): void {
    this.#handshakes.sweep();
    this.peers.maintain();
    this.publisher.maintain();
  }

  clockStepped(milliseconds: number): void {
    if (milliseconds < 0) this.publisher.shift(milliseconds);
    this.peers.tellTime();
  }

  succeed(): void {
    this.#handshakes.clear();
    this.peers.succeed();
  }

  async close(): Promise<void> {
    this.#handshakes.clear();
    this.publisher.close();
    await this.peers.stop();
    await Promise.all([this.#router.close(), this.#broadcasts.close()]);
  }

  #receive(handle: PeerHandle, bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    if (frame?.kind === 'sealed') this.peers.receive(handle, frame);
    else if (frame?.kind === 'hello') this.#receiveHello(handle, frame);
    else if (frame?.kind === 'proof') this.#receiveProof(handle, frame);
    else this.#options.drops.drop(frame === undefined ? 'malformed' : 'unexpected');
  }

  #receiveHello(handle: PeerHandle, frame: FrameOf<'hello'>): void {
    const answer = this.#handshakes.greet(handle, frame);
    if (answer !== undefined) void this.#router.send(handle, answer);
  }

  #receiveProof(handle: PeerHandle, frame: FrameOf<'proof'>): void {
    const proven = this.#handshakes.readProof(handle, frame);
    if (proven !== undefined) void this.peers.meet(handle, proven);
  }

  #receiveMessage(minionId: MinionId, message: SessionMessage): void {
    const { bus, drops, logger } = this.#options;
    if (message.kind === 'listening') this.publisher.setListening(minionId, message.epoch);
    else if (message.kind !== 'acknowledgement') drops.drop('unexpected');
    else if (this.publisher.acknowledge(minionId, message.publicationId)) {
      callSafely(logger, () => bus.onAcknowledged(minionId, message.publicationId));
    }
  }

  #welcome(peer: MasterPeer): void {
    const { bus, logger } = this.#options;
    this.publisher.welcome(peer);
    callSafely(logger, () => bus.onConnected(peer.candidate.id));
  }

  #dismiss(minionId: MinionId, reason: DisconnectReason): void {
    const { bus, logger } = this.#options;
    if (reason === 'revoked') this.publisher.exclude(minionId);
    else this.publisher.dismiss(minionId);
    callSafely(logger, () => bus.onDisconnected(minionId, reason));
  }
}

interface OpenSockets {
  readonly router: RouterSocket;
  readonly broadcasts: PublisherSocket;
  readonly sequence: Sequence;
}

async function openPublisherSocket(bus: MasterBusOptions, router: RouterSocket): Promise<PublisherSocket> {
  try {
    return await bus.transport.bindPublisher({ interface: bus.interface, port: bus.publishPort });
  } catch (error) {
    await router.close();
    throw error;
  }
}
