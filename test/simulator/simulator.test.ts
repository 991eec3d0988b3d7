import { describe, expect, it } from 'vitest';
import { simulate } from './simulate.ts';

// `BRINE_SEEDS=5000 npm run test:simulator` runs more; `BRINE_SEED=17` one, with its story.
const only = process.env['BRINE_SEED'];
const count = Number(process.env['BRINE_SEEDS'] ?? 100);
const seeds = only === undefined ? Array.from({ length: count }, (_, index) => index + 1) : [Number(only)];

describe('a simulated fleet', () => {
  it(
    'keeps every promise about jobs under every seed',
    async () => {
      const failed: string[] = [];
      const statuses = new Set<string>();
      for (const seed of seeds) {
        const outcome = await simulate(seed);
        for (const status of Object.keys(outcome.statuses)) statuses.add(status);
        if (only !== undefined) process.stdout.write(`${outcome.story.join('\n')}\n`);
        if (outcome.violations.length > 0) failed.push(`seed ${seed}: ${outcome.violations.join('; ')}`);
      }
      expect(failed).toEqual([]);
      // Else the faults would not reach what they are for.
      if (only === undefined)
        expect([...statuses]).toEqual(expect.arrayContaining(['ok', 'expired', 'interrupted', 'refused']));
    },
    count * 5000 + 60_000,
  );

  it('is seen to break them when minions forget what they did', async () => {
    const broken = new Set<string>();
    for (let seed = 1; seed <= 10; seed += 1) {
      for (const violation of (await simulate(seed, false)).violations) broken.add(violation.slice(0, 3));
    }
    expect([...broken]).toContain('I3 ');
  }, 120_000);
});
