import type { Clock, Timer } from '@brine/common';
import type { BusLimits } from './limits.ts';
import { createRate } from './rate.ts';

/** A whole fleet comes back at once: each peer gets its turn, and those whose turn is not now wait for it. */
export interface AdmissionQueue<Peer> {
  /** Whether a peer may come in now. */
  tryEnter(): boolean;
  /**
   * Reserves a turn; tells in how many milliseconds it is, and whether the peer may stay until then, so that `onTurn` is
   * called. There is room for so many; the others come back for their turn.
   */
  reserve(peer: Peer, onTurn: () => void): { readonly milliseconds: number; readonly isHeld: boolean };
  /** The peer waits no longer. */
  leave(peer: Peer): void;
}

export function createAdmissionQueue<Peer>(
  clock: Clock,
  { admissionsPerSecond, postponedSessions }: Pick<BusLimits, 'admissionsPerSecond' | 'postponedSessions'>,
): AdmissionQueue<Peer> {
  const free = createRate(clock, admissionsPerSecond);
  const turns = createRate(clock, admissionsPerSecond, 0);
  const held = new Map<Peer, Timer>();
  const leave = (peer: Peer): void => {
    held.get(peer)?.cancel();
    held.delete(peer);
  };
  return {
    tryEnter: () => free.tryTake(),
    reserve(peer, onTurn) {
      const milliseconds = turns.reserve();
      if (held.size >= postponedSessions) return { milliseconds, isHeld: false };
      const timer = clock.after(milliseconds, () => {
        held.delete(peer);
        onTurn();
      });
      held.set(peer, timer);
      return { milliseconds, isHeld: true };
    },
    leave,
  };
}
