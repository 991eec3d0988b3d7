import type { Clock, MinionId, Timer } from '@brine/common';
import type { Publication } from './master-bus-options.ts';

/** What the master still has to deliver, and when it tries again. */
export interface Deliveries {
  /**
   * From now on `publication` is owed to its minions, and its first repetition is on the way. The returned function
   * sends it to one of them through its session; it settles like `sendDirect`.
   */
  add(publication: Publication): (minionId: MinionId) => Promise<void>;
  /** Whether that was owed. */
  acknowledge(minionId: MinionId, publicationId: string): boolean;
  /** Sends what is owed to a minion that came back. */
  resume(minionId: MinionId): void;
  forget(minionId: MinionId): void;
  withdraw(publicationId: string, minions?: readonly MinionId[]): void;
  /** The clock was set back by so much, and the ends of all that is owed with it. */
  shift(milliseconds: number): void;
  close(): void;
}

/** What deliveries are made of. */
export interface DeliveriesOptions {
  readonly clock: Clock;
  readonly resendMilliseconds: number;
  /** Settles when the session has handed the publication over or has none to hand it to. Never rejects. */
  sendDirect(minionId: MinionId, publication: Publication): Promise<void>;
}

interface Delivery {
  publication: Publication;
  readonly owed: Set<MinionId>;
  /** To whom a repetition is waiting in the session's outbox. */
  readonly sending: Set<MinionId>;
  pauseMilliseconds: number;
  timer: Timer | undefined;
}

const longestPauseMilliseconds = 30_000;
// How long a whole fleet may take to acknowledge, for each minion in it, before repetitions begin.
const pauseForEachTargetMilliseconds = 2;

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  return new Owed(options);
}

class Owed implements Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #deliveries = new Set<Delivery>();
  // More than one delivery may have the same id: a job is published in batches.
  readonly #byId = new Map<string, Set<Delivery>>();

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  add(publication: Publication): (minionId: MinionId) => Promise<void> {
    const owed = new Set(publication.minions);
    const pauseMilliseconds = this.#options.resendMilliseconds + owed.size * pauseForEachTargetMilliseconds;
    const delivery: Delivery = { publication, owed, sending: new Set(), pauseMilliseconds, timer: undefined };
    this.#deliveries.add(delivery);
    this.#byId.set(publication.id, this.#withId(publication.id).add(delivery));
    if (owed.size === 0) this.#drop(delivery);
    else this.#repeatLater(delivery);
    return (minionId) => this.#send(delivery, minionId);
  }

  acknowledge(minionId: MinionId, publicationId: string): boolean {
    const concerned = [...this.#withId(publicationId)];
    return concerned.map((delivery) => this.#settle(delivery, minionId)).includes(true);
  }

  resume(minionId: MinionId): void {
    for (const delivery of this.#deliveries) {
      if (delivery.owed.has(minionId)) void this.#send(delivery, minionId);
    }
  }

  forget(minionId: MinionId): void {
    for (const delivery of this.#deliveries) this.#settle(delivery, minionId);
  }

  withdraw(publicationId: string, minions?: readonly MinionId[]): void {
    for (const delivery of this.#withId(publicationId)) {
      for (const minionId of minions ?? delivery.owed) this.#settle(delivery, minionId);
    }
  }

  shift(milliseconds: number): void {
    for (const delivery of this.#deliveries) {
      const { publication } = delivery;
      delivery.publication = { ...publication, notAfter: publication.notAfter + milliseconds };
    }
  }

  close(): void {
    for (const delivery of this.#deliveries) this.#drop(delivery);
  }

  async #send(delivery: Delivery, minionId: MinionId): Promise<void> {
    const { publication, owed, sending } = delivery;
    const isDue = owed.has(minionId) && !sending.has(minionId);
    if (!isDue || this.#options.clock.now() > publication.notAfter) return;
    sending.add(minionId);
    await this.#options.sendDirect(minionId, publication);
    sending.delete(minionId);
  }

  #repeatLater(delivery: Delivery): void {
    const { clock } = this.#options;
    delivery.timer = clock.after(delivery.pauseMilliseconds, () => {
      if (clock.now() > delivery.publication.notAfter) return this.#drop(delivery);
      for (const minionId of delivery.owed) void this.#send(delivery, minionId);
      delivery.pauseMilliseconds = Math.min(2 * delivery.pauseMilliseconds, longestPauseMilliseconds);
      return this.#repeatLater(delivery);
    });
  }

  #settle(delivery: Delivery, minionId: MinionId): boolean {
    const wasOwed = delivery.owed.delete(minionId);
    if (delivery.owed.size === 0) this.#drop(delivery);
    return wasOwed;
  }

  #drop(delivery: Delivery): void {
    delivery.timer?.cancel();
    this.#deliveries.delete(delivery);
    const { id } = delivery.publication;
    const others = this.#withId(id);
    others.delete(delivery);
    if (others.size === 0) this.#byId.delete(id);
  }

  #withId(publicationId: string): Set<Delivery> {
    return this.#byId.get(publicationId) ?? new Set();
  }
}
