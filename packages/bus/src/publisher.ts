import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { Clock, Logger, MinionId } from '@brine/common';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import { createEpochs } from './epochs.ts';
import type { Identity } from './identity.ts';
import type { BusLimits } from './limits.ts';
import type { Publication } from './master-bus-options.ts';
import type { MasterPeer } from './master-peers.ts';
import { encodeSlots, isPublicationId, signPublication } from './publication.ts';
import { protocolLimits } from './protocol-limits.ts';
import { busError } from './bus-error.ts';
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
  /** The clock was set back by so much, and the ends of all that is owed with it. */
  shift(milliseconds: number): void;
  /** Renews the epoch when it is old. */
  maintain(): void;
  close(): void;
}

/** What a publisher is made of. */
export interface PublisherOptions {
  /** The master's identity now. */
  readonly identity: () => Identity;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: BusLimits;
  readonly sequence: Sequence;
  broadcast(frame: Uint8Array): Promise<void>;
  readonly accepted: (minionId: MinionId) => MasterPeer | undefined;
  readonly acceptedIds: () => readonly MinionId[];
}

// After so many sessions in one go the event loop gets a turn.
const sessionsInOneGo = 64;
// More than all fields of a publication but its body and bitmap take.
const publicationOverhead = 512;

export function createPublisher(options: PublisherOptions): Publisher {
  return new SigningPublisher(options);
}

class SigningPublisher implements Publisher {
  readonly #options: PublisherOptions;
  readonly #epochs = createEpochs();
  readonly #deliveries: Deliveries;
  #epochSince: number;
  #isHandingOut = false;
  #isClosed = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#epochSince = options.clock.monotonic();
    this.#deliveries = createDeliveries({
      clock: options.clock,
      resendMilliseconds: options.limits.resendMilliseconds,
      sendDirect: (minionId, publication) => this.#sendDirect(minionId, publication),
    });
  }

  async publish(publication: Publication): Promise<void> {
    checkPublication(publication);
    if (this.#options.clock.now() > publication.notAfter) return;
    const sendThroughSession = this.#deliveries.add(publication);
    const connected = publication.minions.filter((minionId) => this.#options.accepted(minionId) !== undefined);
    const hearing = new Set(this.#isBroadcast(publication, connected.length) ? this.#listening(connected) : []);
    if (hearing.size > 0) await this.#broadcast(publication, hearing);
    let count = 0;
    for (const minionId of connected) {
      if (hearing.has(minionId)) continue;
      void sendThroughSession(minionId);
      count += 1;
      if (count % sessionsInOneGo === 0) await yieldToEventLoop();
    }
  }

  withdraw(publicationId: string, minions?: readonly MinionId[]): void {
    this.#deliveries.withdraw(publicationId, minions);
  }

  shift(milliseconds: number): void {
    this.#deliveries.shift(milliseconds);
  }

  acknowledge(minionId: MinionId, publicationId: string): boolean {
    return this.#deliveries.acknowledge(minionId, publicationId);
  }

  welcome(peer: MasterPeer): void {
    const { sequence } = this.#options;
    const { id } = peer.candidate;
    sequence.raiseAbove(peer.sequence);
    void peer.session.post(this.#epochs.admit(id, sequence.last));
    this.#deliveries.resume(id);
  }

  setListening(minionId: MinionId, epoch: Uint8Array): void {
    this.#epochs.setListening(minionId, epoch);
  }

  dismiss(minionId: MinionId): void {
    this.#epochs.dismiss(minionId);
  }

  exclude(minionId: MinionId): void {
    this.#deliveries.forget(minionId);
    if (this.#epochs.isKnownTo(minionId)) this.#renewEpoch();
  }

  maintain(): void {
    const { clock, limits } = this.#options;
    if (clock.monotonic() - this.#epochSince > limits.epochMilliseconds) this.#renewEpoch();
  }

  close(): void {
    this.#isClosed = true;
    this.#deliveries.close();
  }

  #listening(minions: readonly MinionId[]): readonly MinionId[] {
    return minions.filter((minionId) => this.#epochs.listeningSlot(minionId) !== undefined);
  }

  #isBroadcast(publication: Publication, targets: number): boolean {
    const { limits, acceptedIds } = this.#options;
    const isWide = targets > limits.directTargets && targets * 2 >= acceptedIds().length;
    const mostBytes = publication.body.length + publicationOverhead + this.#epochs.bitmapBytes;
    return mostBytes <= protocolLimits.fragmentBytes && (publication.broadcast ?? isWide);
  }

  async #broadcast(publication: Publication, minions: ReadonlySet<MinionId>): Promise<void> {
    const { identity, sequence, logger } = this.#options;
    const { id, notAfter, body } = publication;
    try {
      const next = await sequence.take();
      const slots = [...minions].flatMap((minionId) => this.#epochs.listeningSlot(minionId) ?? []);
      const addressing = { form: 'broadcast', epoch: this.#epochs.id, slots: encodeSlots(slots) } as const;
      const signed = signPublication(identity(), { sequence: next, id, notAfter, addressing, body });
      await this.#options.broadcast(this.#epochs.seal(next, signed));
    } catch (error) {
      logger.error('a publication cannot be broadcast, its sessions will carry it', { id, error });
    }
  }

  /** Never rejects: what cannot be sent now is sent again later. */
  async #sendDirect(minionId: MinionId, publication: Publication): Promise<void> {
    const { identity, sequence, logger, accepted } = this.#options;
    if (accepted(minionId) === undefined) return;
    const { id, notAfter, body } = publication;
    try {
      const next = await sequence.take();
      const addressing = { form: 'direct', minionId } as const;
      const signed = signPublication(identity(), { sequence: next, id, notAfter, addressing, body });
      await accepted(minionId)?.session.post({ kind: 'publication', signed });
    } catch (error) {
      logger.error('a publication cannot be sent yet', { minion: minionId, id, error });
    }
  }

  /** Nobody hears broadcasts from here on; the new key goes out once for all renewals of this moment. */
  #renewEpoch(): void {
    const { clock } = this.#options;
    this.#epochs.renew();
    this.#epochSince = clock.monotonic();
    if (this.#isHandingOut) return;
    this.#isHandingOut = true;
    clock.after(0, () => void this.#handOutEpoch());
  }

  async #handOutEpoch(): Promise<void> {
    const { accepted, acceptedIds, sequence } = this.#options;
    this.#isHandingOut = false;
    let count = 0;
    for (const minionId of acceptedIds()) {
      // A renewal during the pause below begins again from the start.
      if (this.#isHandingOut || this.#isClosed) return;
      const peer = accepted(minionId);
      if (peer !== undefined) void peer.session.post(this.#epochs.admit(minionId, sequence.last));
      count += 1;
      if (count % sessionsInOneGo === 0) await yieldToEventLoop();
    }
  }
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
