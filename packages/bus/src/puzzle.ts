import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@brine/common';
import { ByteWriter } from './byte-writer.ts';

/** Makes and checks the puzzles by which a stranger pays before the master does public-key work. Keeps nothing. */
export interface PuzzleMaker {
  puzzleFor(peer: string, ephemeral: Uint8Array): Uint8Array;
  isSolvedBy(hello: { peer: string; ephemeral: Uint8Array; puzzle: Uint8Array; solution: bigint }): boolean;
}

const lifeMilliseconds = 60_000;

export function createPuzzleMaker(clock: Clock, bits: number): PuzzleMaker {
  const secret = randomBytes(32);
  const minute = (): bigint => BigInt(Math.floor(clock.monotonic() / lifeMilliseconds));
  const make = (peer: string, ephemeral: Uint8Array, at: bigint): Buffer => {
    const stamp = new ByteWriter().u64(BigInt.asUintN(64, at)).bytes(ephemeral).toBytes();
    return createHmac('sha256', secret).update(stamp).update(peer).digest();
  };
  return {
    puzzleFor: (peer, ephemeral) => make(peer, ephemeral, minute()),
    isSolvedBy: ({ peer, ephemeral, puzzle, solution }) => {
      const now = minute();
      const isOurs = [now, now - 1n].some((at) => timingSafeEqual(make(peer, ephemeral, at), puzzle));
      return isOurs && leadingZeroBits(digest(puzzle, ephemeral, solution)) >= bits;
    },
  };
}

/** The smallest number that solves a puzzle. Takes 2^bits hashes on average. */
export function solvePuzzle(puzzle: Uint8Array, ephemeral: Uint8Array, bits: number): bigint {
  const attempt = new ByteWriter().bytes(puzzle).bytes(ephemeral).u64(0n).toBytes();
  const number = new DataView(attempt.buffer, attempt.length - 8);
  for (let solution = 0n; ; solution += 1n) {
    number.setBigUint64(0, solution);
    if (leadingZeroBits(createHash('sha256').update(attempt).digest()) >= bits) return solution;
  }
}

function digest(puzzle: Uint8Array, ephemeral: Uint8Array, solution: bigint): Uint8Array {
  const bytes = new ByteWriter().bytes(puzzle).bytes(ephemeral).u64(solution).toBytes();
  return createHash('sha256').update(bytes).digest();
}

function leadingZeroBits(bytes: Uint8Array): number {
  let zeros = 0;
  for (const byte of bytes) {
    if (byte !== 0) return zeros + Math.clz32(byte) - 24;
    zeros += 8;
  }
  return zeros;
}
