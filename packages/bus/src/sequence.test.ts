import { describe, expect, it } from 'vitest';
import { createSequenceStore } from '../test-support/fleet.ts';
import { createSequence } from './sequence.ts';

describe('a sequence', () => {
  it('rises, and goes on above what may have been used before a restart', async () => {
    const store = createSequenceStore();
    const first = await createSequence(store);
    expect([await first.take(), await first.take()]).toEqual([1n, 2n]);
    const second = await createSequence(store);
    expect(await second.take()).toBe(1_025n);
  });

  it('reserves numbers before they are used', async () => {
    const store = createSequenceStore();
    const sequence = await createSequence(store);
    for (let count = 0; count < 3_000; count += 1) expect(await sequence.take()).toBeLessThanOrEqual(store.saved);
  });

  it('gives no number twice to those who ask at once', async () => {
    const sequence = await createSequence(createSequenceStore());
    const taken = await Promise.all(Array.from({ length: 3_000 }, () => sequence.take()));
    expect(new Set(taken).size).toBe(3_000);
  });

  it('gives none while the store refuses, and goes on afterwards', async () => {
    const store = createSequenceStore();
    let isFull = true;
    const sequence = await createSequence({
      load: () => store.load(),
      save: async (value) => {
        if (isFull) throw new Error('disk full');
        store.save(value);
      },
    });
    await expect(Promise.all([sequence.take(), sequence.take()])).rejects.toThrow('disk full');
    isFull = false;
    expect(await sequence.take()).toBe(1n);
  });

  it('is raised by what a minion has seen, but not out of reach', async () => {
    const sequence = await createSequence(createSequenceStore());
    sequence.raiseAbove(500_000n);
    expect(await sequence.take()).toBe(500_001n);
    sequence.raiseAbove(10n);
    sequence.raiseAbove(2n ** 63n);
    expect(await sequence.take()).toBe(500_002n);
  });
});
