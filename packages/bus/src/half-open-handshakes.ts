import type { Clock } from '@brine/common';
import type { DropCounter, DropReason } from './drop-counter.ts';
import { encodeFrame, type FrameOf } from './frame.ts';
import type { BusLimits } from './limits.ts';
import { createMasterHandshake, type MasterHandshake, type MasterSelf, type ProvenPeer } from './master-handshake.ts';
import { protocolVersion } from './protocol-limits.ts';
import { createPuzzleMaker, type PuzzleMaker } from './puzzle.ts';
import { createRate, type Rate } from './rate.ts';
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
  readonly self: () => MasterSelf;
  readonly clock: Clock;
  readonly limits: BusLimits;
  readonly drops: DropCounter;
}

interface HalfOpen {
  readonly handshake: MasterHandshake;
  readonly since: number;
}

export function createHalfOpenHandshakes(options: HalfOpenOptions): HalfOpenHandshakes {
  return new Strangers(options);
}

class Strangers implements HalfOpenHandshakes {
  readonly #options: HalfOpenOptions;
  // In the order of their hellos, so the first is always the oldest.
  readonly #open = new Map<PeerHandle, HalfOpen>();
  readonly #puzzles: PuzzleMaker;
  readonly #free: Rate;

  constructor(options: HalfOpenOptions) {
    this.#options = options;
    this.#puzzles = createPuzzleMaker(options.clock, options.limits.puzzleBits);
    this.#free = createRate(options.clock, options.limits.freeHellosPerSecond);
  }

  greet(peer: PeerHandle, hello: FrameOf<'hello'>): Uint8Array | undefined {
    if (hello.version !== protocolVersion) return this.#drop('version');
    const { ephemeral, puzzle, solution } = hello;
    const isPaidFor = puzzle.some((byte) => byte !== 0);
    if (isPaidFor && !this.#puzzles.isSolvedBy({ peer, ephemeral, puzzle, solution })) return this.#drop('puzzle');
    if (!isPaidFor && solution !== 0n) return this.#drop('malformed');
    if (isPaidFor || this.#free.tryTake()) return this.#challenge(peer, ephemeral);
    return encodeFrame({
      kind: 'puzzle',
      version: protocolVersion,
      bits: this.#options.limits.puzzleBits,
      puzzle: this.#puzzles.puzzleFor(peer, ephemeral),
    });
  }

  readProof(peer: PeerHandle, proof: FrameOf<'proof'>): ProvenPeer | undefined {
    const proven = this.#open.get(peer)?.handshake.readProof(proof) ?? 'unexpected';
    this.#open.delete(peer);
    return typeof proven === 'string' ? this.#drop(proven) : proven;
  }

  sweep(): void {
    const { clock, limits } = this.#options;
    for (const [peer, { since }] of this.#open) {
      if (clock.monotonic() - since <= limits.handshakeMilliseconds) break;
      this.#forget(peer);
    }
  }

  clear(): void {
    for (const peer of this.#open.keys()) this.#forget(peer);
  }

  #challenge(peer: PeerHandle, ephemeral: Uint8Array): Uint8Array | undefined {
    const { self, limits, clock } = this.#options;
    const handshake = createMasterHandshake(self(), ephemeral);
    if (typeof handshake === 'string') return this.#drop(handshake);
    this.#forget(peer);
    for (const oldest of this.#open.keys()) {
      if (this.#open.size < limits.halfOpenHandshakes) break;
      this.#forget(oldest);
    }
    this.#open.set(peer, { handshake, since: clock.monotonic() });
    return handshake.challenge;
  }

  #forget(peer: PeerHandle): void {
    this.#open.get(peer)?.handshake.abandon();
    this.#open.delete(peer);
  }

  #drop(reason: DropReason): undefined {
    this.#options.drops.drop(reason);
  }
}
