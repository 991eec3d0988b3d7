import { describe, expect, it } from 'vitest';
import { createManualClock } from '../test-support/manual-clock.ts';
import { createPuzzleMaker, solvePuzzle } from './puzzle.ts';

const ephemeral = new Uint8Array(32).fill(6);

describe('a puzzle', () => {
  it('is solved by who works on it, in this minute and the next', async () => {
    const clock = createManualClock();
    const maker = createPuzzleMaker(clock, 8);
    const puzzle = maker.puzzleFor('peer', ephemeral);
    const solved = { peer: 'peer', ephemeral, puzzle, solution: solvePuzzle(puzzle, ephemeral, 8) };
    expect(maker.isSolvedBy(solved)).toBe(true);
    await clock.advance(60_000);
    expect(maker.isSolvedBy(solved)).toBe(true);
    await clock.advance(60_000);
    expect(maker.isSolvedBy(solved)).toBe(false);
  });

  it('is good for one connection, one key and one master only', () => {
    const clock = createManualClock();
    const maker = createPuzzleMaker(clock, 8);
    const puzzle = maker.puzzleFor('peer', ephemeral);
    const solved = { peer: 'peer', ephemeral, puzzle, solution: solvePuzzle(puzzle, ephemeral, 8) };
    expect([
      maker.isSolvedBy({ ...solved, peer: 'other' }),
      maker.isSolvedBy({ ...solved, ephemeral: new Uint8Array(32) }),
      maker.isSolvedBy({ ...solved, puzzle: new Uint8Array(32) }),
      createPuzzleMaker(clock, 8).isSolvedBy(solved),
      createPuzzleMaker(clock, 256).isSolvedBy(solved),
    ]).toEqual([false, false, false, false, false]);
  });
});
