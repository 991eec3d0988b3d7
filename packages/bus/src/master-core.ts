import type { Logger } from '@brine/common';
import type { DropCounter } from './drop-counter.ts';
import { decodeFrame } from './frame.ts';
import { createHalfOpenHandshakes } from './half-open-handshakes.ts';
import type { BusLimits } from './limits.ts';
import type { MasterBusOptions } from './master-bus-options.ts';
import { createMasterPeers, type MasterPeer, type MasterPeers } from './master-peers.ts';
import { createPublisher, type Publisher } from './publisher.ts';
import { callSafely } from './safe-callback.ts';
import { createSequence } from './sequence.ts';
import type { SessionMessage } from './session-message.ts';
import type { PeerHandle, PublisherSocket, RouterSocket } from './transport.ts';

/** What lives from a master bus's start to its stop. */
export interface MasterCore {
  readonly ports: { readonly publishPort: number; readonly returnPort: number };
  readonly peers: MasterPeers;
  readonly publisher: Publisher;
  /** Heartbeats, ageing keys and forgotten handshakes. */
  maintain(): void;
  /** Says goodbye to all and closes the sockets. */
  close(): Promise<void>;
}

/** What a master's core is made of. */
export interface MasterCoreOptions {
  readonly bus: MasterBusOptions;
  readonly limits: BusLimits;
  readonly drops: DropCounter;
  readonly logger: Logger;
}

/** Opens the sockets and serves them. Throws as `MasterBus.start` does, with everything closed again. */
export async function openMasterCore(options: MasterCoreOptions): Promise<MasterCore> {
  const { bus, limits, drops, logger } = options;
  const { identity, clock } = bus;
  const sequence = await createSequence(bus.sequenceStore);
  const handshakes = createHalfOpenHandshakes({ identity, clock, limits, drops });
  const router = await bus.transport.bindRouter({ interface: bus.interface, port: bus.returnPort });
  const broadcasts = await openPublisherSocket(bus, router);
  const publisher: Publisher = createPublisher({
    identity,
    clock,
    logger,
    limits,
    sequence,
    broadcast: (frame) => broadcasts.send(frame),
    accepted: (minionId) => peers.accepted(minionId),
    acceptedIds: () => peers.acceptedIds(),
  });
  const peers: MasterPeers = createMasterPeers({
    bus,
    limits,
    drops,
    logger,
    publishPort: () => broadcasts.port,
    send: (handle, frame) => router.send(handle, frame),
    onAccepted: (peer) => {
      publisher.welcome(peer);
      callSafely(logger, () => bus.onConnected(peer.candidate.id));
    },
    onMessage: (peer, message) => receiveMessage(peer, message),
    onEnded: (minionId, reason) => {
      if (reason === 'revoked') publisher.exclude(minionId);
      else publisher.dismiss(minionId);
      callSafely(logger, () => bus.onDisconnected(minionId, reason));
    },
  });

  function receive(handle: PeerHandle, bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    if (frame?.kind === 'sealed') return peers.receive(handle, frame);
    if (frame?.kind === 'hello') {
      const answer = handshakes.greet(handle, frame);
      if (answer !== undefined) void router.send(handle, answer);
      return undefined;
    }
    if (frame?.kind !== 'proof') return drops.drop(frame === undefined ? 'malformed' : 'unexpected');
    const proven = handshakes.readProof(handle, frame);
    if (proven !== undefined) void peers.meet(handle, proven);
    return undefined;
  }

  function receiveMessage(peer: MasterPeer, message: SessionMessage): void {
    const { id } = peer.candidate;
    if (message.kind === 'listening') return publisher.setListening(id, message.epoch);
    if (message.kind !== 'acknowledgement') return drops.drop('unexpected');
    const { publicationId } = message;
    if (publisher.acknowledge(id, publicationId)) callSafely(logger, () => bus.onAcknowledged(id, publicationId));
    return undefined;
  }

  router.receive(receive);
  return {
    ports: { publishPort: broadcasts.port, returnPort: router.port },
    peers,
    publisher,
    maintain: () => {
      handshakes.sweep();
      peers.maintain();
      publisher.maintain();
    },
    close: async () => {
      handshakes.clear();
      publisher.close();
      await peers.stop();
      await Promise.all([router.close(), broadcasts.close()]);
    },
  };
}

async function openPublisherSocket(bus: MasterBusOptions, router: RouterSocket): Promise<PublisherSocket> {
  try {
    return await bus.transport.bindPublisher({ interface: bus.interface, port: bus.publishPort });
  } catch (error) {
    await router.close();
    throw error;
  }
}
