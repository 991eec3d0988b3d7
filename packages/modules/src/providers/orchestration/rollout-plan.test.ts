import { describe, expect, it } from 'vitest';
import { budgetOf, countOf, planWaves } from './rollout-plan.ts';

const fleet = Array.from({ length: 10 }, (_, index) => `web${index}`);
const sizes = (waves: readonly (readonly string[])[]): readonly number[] => waves.map((wave) => wave.length);

describe('the waves of a rollout', () => {
  it('are a canary and then shares of all minions, each minion once', () => {
    const waves = planWaves(fleet, { canary: 1, waves: ['20%', '50%'] });
    expect(sizes(waves)).toEqual([1, 2, 5, 2]);
    expect(waves.flat()).toEqual(fleet);
  });

  it.each([
    [{ canary: 0, waves: [4] }, [4, 4, 2]],
    [{ canary: '20%', waves: ['100%'] }, [2, 8]],
    [{ canary: 3, waves: [] }, [3, 7]],
    [{ canary: 50, waves: [1] }, [10]],
  ])('of %j have the sizes %j', (plan, expected) => {
    expect(sizes(planWaves(fleet, plan))).toEqual(expected);
  });

  it('begin with the canaries that are named', () => {
    expect(planWaves(fleet, { canary: ['web7', 'web3'], waves: ['100%'] })[0]).toEqual(['web3', 'web7']);
    expect(() => planWaves(fleet, { canary: ['db1'], waves: [] })).toThrow('the target does not have the canaries db1');
  });

  it('are none without minions', () => {
    expect(planWaves([], { canary: 1, waves: ['25%'] })).toEqual([]);
  });
});

it.each(['0%x', '-1', '101%', 'some', 0, 1.5])('no wave has the size %j', (size) => {
  expect(() => countOf(size, 10)).toThrow('is no size of a wave');
});

it('rounds a share of minions up and a failure budget down', () => {
  expect([countOf('1%', 10), countOf('25%', 10), countOf('3', 10)]).toEqual([1, 3, 3]);
  expect([budgetOf('25%', 10), budgetOf('9%', 10), budgetOf(2, 10), budgetOf('0', 10)]).toEqual([2, 0, 2, 0]);
  expect(() => budgetOf('many', 10)).toThrow('is no failure budget');
});
