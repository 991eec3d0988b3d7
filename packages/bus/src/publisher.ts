import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { Clock, Logger, MinionId } from '@brine/common';
import { createDeliveries } from './deliveries.ts';
import { createEpochs } from './epochs.ts';
import type { Identity } from './identity.ts';
import type { BusLimits } from './limits.ts';
import type { Publication } from './master-bus-options.ts';
import type { MasterPeer } from './master-peers.ts';
import { encodeSlots, isPublicationId, signPublication } from './publication.ts';
import { protocolLimits } from './protocol-limits.ts';
import { busError } from './request-desk.ts';
import type { Sequence } from './sequence.ts';

/** Delivers publications: broadcast under the epoch's key or through sessions, and again until acknowledged. */
export interface Publisher {
  publish(publication: Publication): Promise<void>;
  withdraw(publicationId: string, minions?: readonly MinionId[]): void;
  /** Whether that was owed. */
  acknowledge(minionId: MinionId, publicationId: string): boolean;
  /** Hands the epoch to a minion that was just accepted, and sends what is owed to it. */
  welcome(peer: MasterPeer): void;
  setListening(minionId: MinionId, epoch: Uint8Array): void;
  /** The minion's session ended; what is owed to it stays. */
  dismiss(minionId: MinionId): void;
  /** The minion is no longer trusted: forgets what is owed to it and renews the epoch. */
  exclude(minionId: MinionId): void;
  /** Renews the epoch when it is old. */
  maintain(): void;
  close(): void;
}

/** What a publisher is made of. */
export interface PublisherOptions {
  readonly identity: Identity;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: BusLimits;
  readonly sequence: Sequence;
  broadcast(frame: Uint8Array): Promise<void>;
  accepted(minionId: MinionId): MasterPeer | undefined;
  acceptedIds(): readonly MinionId[];
}

// After so many sessions in one go the event loop gets a turn.
const sessionsInOneGo = 64;
// More than all fields of a publication but its body and bitmap take.
const publicationOverhead = 512;

export function createPublisher(options: PublisherOptions): Publisher {
  const { identity, clock, logger, limits, sequence } = options;
  const epochs = createEpochs();
  let epochSince = clock.monotonic();
  let isHandingOut = false;
  let isClosed = false;

  const sendDirect = async (minionId: MinionId, publication: Publication): Promise<void> => {
    if (options.accepted(minionId) === undefined) return;
    const { id, notAfter, body } = publication;
    const next = await sequence.take();
    const addressing = { form: 'direct', minionId } as const;
    const signed = signPublication(identity, { sequence: next, id, notAfter, addressing, body });
    await options.accepted(minionId)?.session.post({ kind: 'publication', signed });
  };

  const deliveries = createDeliveries({
    clock,
    resendMilliseconds: limits.resendMilliseconds,
    sendDirect: (minionId, publication) =>
      sendDirect(minionId, publication).catch((error: unknown) => {
        logger.error('a publication cannot be sent again yet', { minion: minionId, id: publication.id, error });
      }),
  });

  const isListening = (minionId: MinionId): boolean => epochs.listeningSlot(minionId) !== undefined;

  const isBroadcast = (publication: Publication, targets: number): boolean => {
    const fleet = options.acceptedIds().length;
    const mostBytes = publication.body.length + fleet + publicationOverhead;
    const isWide = targets > limits.directTargets && targets * 2 >= fleet;
    return mostBytes <= protocolLimits.fragmentBytes && (publication.broadcast ?? isWide);
  };

  const broadcast = async (publication: Publication, minions: ReadonlySet<MinionId>): Promise<void> => {
    const { id, notAfter, body } = publication;
    try {
      const next = await sequence.take();
      const slots = [...minions].flatMap((minionId) => epochs.listeningSlot(minionId) ?? []);
      const addressing = { form: 'broadcast', epoch: epochs.id, slots: encodeSlots(slots) } as const;
      const signed = signPublication(identity, { sequence: next, id, notAfter, addressing, body });
      await options.broadcast(epochs.seal(next, signed));
    } catch (error) {
      logger.error('a publication cannot be broadcast, its sessions will carry it', { id, error });
    }
  };

  const handOutEpoch = async (): Promise<void> => {
    isHandingOut = false;
    let count = 0;
    for (const minionId of options.acceptedIds()) {
      const peer = options.accepted(minionId);
      if (peer !== undefined) void peer.session.post(epochs.admit(minionId, sequence.last));
      count += 1;
      if (count % sessionsInOneGo === 0) await yieldToEventLoop();
      if (isHandingOut || isClosed) return;
    }
  };

  /** Nobody hears broadcasts from here on; the new key goes out once for all renewals of this moment. */
  const renewEpoch = (): void => {
    epochs.renew();
    epochSince = clock.monotonic();
    if (isHandingOut) return;
    isHandingOut = true;
    clock.after(0, () => void handOutEpoch());
  };

  return {
    publish: async (publication) => {
      checkPublication(publication);
      if (clock.now() > publication.notAfter) return;
      const sendThroughSession = deliveries.add(publication);
      const connected = publication.minions.filter((minionId) => options.accepted(minionId) !== undefined);
      const hearing = new Set(isBroadcast(publication, connected.length) ? connected.filter(isListening) : []);
      if (hearing.size > 0) await broadcast(publication, hearing);
      let count = 0;
      for (const minionId of connected) {
        if (hearing.has(minionId)) continue;
        void sendThroughSession(minionId);
        count += 1;
        if (count % sessionsInOneGo === 0) await yieldToEventLoop();
      }
    },
    withdraw: deliveries.withdraw,
    acknowledge: deliveries.acknowledge,
    welcome: (peer) => {
      const { id } = peer.candidate;
      sequence.raiseAbove(peer.sequence);
      void peer.session.post(epochs.admit(id, sequence.last));
      deliveries.resume(id);
    },
    setListening: epochs.setListening,
    dismiss: epochs.dismiss,
    exclude: (minionId) => {
      deliveries.forget(minionId);
      if (epochs.isKnownTo(minionId)) renewEpoch();
    },
    maintain: () => {
      if (clock.monotonic() - epochSince > limits.epochMilliseconds) renewEpoch();
    },
    close: () => {
      isClosed = true;
      deliveries.close();
    },
  };
}

function checkPublication(publication: Publication): void {
  const { id, body, notAfter } = publication;
  if (!isPublicationId(id)) throw busError('bus-publication', `"${id.slice(0, 80)}" is not the id of a publication`);
  if (!Number.isSafeInteger(notAfter) || notAfter < 0) {
    throw busError('bus-publication', `publication ${id} has no whole number of milliseconds as its end`);
  }
  if (body.length + publicationOverhead > protocolLimits.messageBytes) {
    throw busError('bus-too-large', `publication ${id} of ${body.length} bytes exceeds ${protocolLimits.messageBytes}`);
  }
}
