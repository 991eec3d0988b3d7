import type { Clock } from '@brine/common';
import type { DropCounter } from './drop-counter.ts';
import { encodeFrame, type FrameOf } from './frame.ts';
import type { Identity } from './identity.ts';
import type { BusLimits } from './limits.ts';
import { createMasterHandshake, type MasterHandshake, type ProvenPeer } from './master-handshake.ts';
import { protocolVersion } from './protocol-limits.ts';
import { createPuzzleMaker } from './puzzle.ts';
import type { PeerHandle } from './transport.ts';

/** The handshakes of peers that are still strangers: all that the master does for them, within limits. */
export interface HalfOpenHandshakes {
  /** What to answer to a hello, if anything. */
  greet(peer: PeerHandle, hello: FrameOf<'hello'>): Uint8Array | undefined;
  /** The peer, when its proof is right. */
  readProof(peer: PeerHandle, proof: FrameOf<'proof'>): ProvenPeer | undefined;
  /** Forgets the ones that took too long. */
  sweep(): void;
  clear(): void;
}

/** What the half-open handshakes are made of. */
export interface HalfOpenOptions {
  readonly identity: Identity;
  readonly clock: Clock;
  readonly limits: BusLimits;
  readonly drops: DropCounter;
}

interface HalfOpen {
  readonly handshake: MasterHandshake;
  readonly since: number;
}

export function createHalfOpenHandshakes({ identity, clock, limits, drops }: HalfOpenOptions): HalfOpenHandshakes {
  // In the order of their hellos, so the first is always the oldest.
  const open = new Map<PeerHandle, HalfOpen>();
  const puzzles = createPuzzleMaker(clock, limits.puzzleBits);
  const isFree = createRate(clock, limits.freeHellosPerSecond);

  const forget = (peer: PeerHandle): void => {
    open.get(peer)?.handshake.abandon();
    open.delete(peer);
  };

  const challenge = (peer: PeerHandle, hello: FrameOf<'hello'>): Uint8Array | undefined => {
    const handshake = createMasterHandshake(identity, hello.ephemeral);
    if (typeof handshake === 'string') {
      drops.drop(handshake);
      return undefined;
    }
    forget(peer);
    for (const oldest of open.keys()) {
      if (open.size < limits.halfOpenHandshakes) break;
      forget(oldest);
    }
    open.set(peer, { handshake, since: clock.monotonic() });
    return handshake.challenge;
  };

  return {
    greet: (peer, hello) => {
      if (hello.version !== protocolVersion) {
        drops.drop('version');
        return undefined;
      }
      const { ephemeral, puzzle, solution } = hello;
      const isPaidFor = puzzle.some((byte) => byte !== 0);
      if (isPaidFor && !puzzles.isSolvedBy({ peer, ephemeral, puzzle, solution })) {
        drops.drop('puzzle');
        return undefined;
      }
      if (isPaidFor || isFree()) return challenge(peer, hello);
      return encodeFrame({
        kind: 'puzzle',
        version: protocolVersion,
        bits: limits.puzzleBits,
        puzzle: puzzles.puzzleFor(peer, ephemeral),
      });
    },
    readProof: (peer, proof) => {
      const halfOpen = open.get(peer);
      open.delete(peer);
      const proven = halfOpen?.handshake.readProof(proof) ?? 'unexpected';
      if (typeof proven !== 'string') return proven;
      drops.drop(proven);
      return undefined;
    },
    sweep: () => {
      for (const [peer, { since }] of open) {
        if (clock.monotonic() - since <= limits.handshakeMilliseconds) break;
        forget(peer);
      }
    },
    clear: () => {
      for (const peer of open.keys()) forget(peer);
    },
  };
}

/** Says yes so many times a second, with as much saved up at most. */
function createRate(clock: Clock, perSecond: number): () => boolean {
  let saved = perSecond;
  let at = clock.monotonic();
  return () => {
    const now = clock.monotonic();
    saved = Math.min(perSecond, saved + ((now - at) * perSecond) / 1_000);
    at = now;
    if (saved < 1) return false;
    saved -= 1;
    return true;
  };
}
