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
  readonly publication: Publication;
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
  const { clock } = options;
  // More than one delivery may have the same id: a job is published in batches.
  const deliveries = new Set<Delivery>();
  const byId = new Map<string, Set<Delivery>>();

  const drop = (delivery: Delivery): void => {
    delivery.timer?.cancel();
    deliveries.delete(delivery);
    const { id } = delivery.publication;
    const others = byId.get(id);
    others?.delete(delivery);
    if (others?.size === 0) byId.delete(id);
  };

  const settle = (delivery: Delivery, minionId: MinionId): boolean => {
    const wasOwed = delivery.owed.delete(minionId);
    if (delivery.owed.size === 0) drop(delivery);
    return wasOwed;
  };

  const send = async (delivery: Delivery, minionId: MinionId): Promise<void> => {
    if (delivery.sending.has(minionId) || clock.now() > delivery.publication.notAfter) return;
    delivery.sending.add(minionId);
    await options.sendDirect(minionId, delivery.publication);
    delivery.sending.delete(minionId);
  };

  const repeatLater = (delivery: Delivery): void => {
    delivery.timer = clock.after(delivery.pauseMilliseconds, () => {
      if (clock.now() > delivery.publication.notAfter) return drop(delivery);
      for (const minionId of delivery.owed) void send(delivery, minionId);
      delivery.pauseMilliseconds = Math.min(2 * delivery.pauseMilliseconds, longestPauseMilliseconds);
      return repeatLater(delivery);
    });
  };

  return {
    add: (publication) => {
      const owed = new Set(publication.minions);
      const pauseMilliseconds = options.resendMilliseconds + owed.size * pauseForEachTargetMilliseconds;
      const delivery: Delivery = { publication, owed, sending: new Set(), pauseMilliseconds, timer: undefined };
      deliveries.add(delivery);
      byId.set(publication.id, (byId.get(publication.id) ?? new Set()).add(delivery));
      if (owed.size === 0) drop(delivery);
      else repeatLater(delivery);
      return (minionId) => send(delivery, minionId);
    },
    acknowledge: (minionId, publicationId) => {
      const concerned = [...(byId.get(publicationId) ?? [])];
      return concerned.map((delivery) => settle(delivery, minionId)).includes(true);
    },
    resume: (minionId) => {
      for (const delivery of deliveries) {
        if (delivery.owed.has(minionId)) void send(delivery, minionId);
      }
    },
    forget: (minionId) => {
      for (const delivery of deliveries) settle(delivery, minionId);
    },
    withdraw: (publicationId, minions) => {
      for (const delivery of byId.get(publicationId) ?? []) {
        for (const minionId of minions ?? delivery.owed) settle(delivery, minionId);
      }
    },
    close: () => {
      for (const delivery of deliveries) drop(delivery);
    },
  };
}
