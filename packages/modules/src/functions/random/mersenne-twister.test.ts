import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { MersenneTwister } from './mersenne-twister.ts';

// Recorded on Python 3.10: random.seed(…), then randrange, randint, getrandbits and sample.
it('draws what Python draws', () => {
  const byText = new MersenneTwister('web1');
  expect(Array.from({ length: 5 }, () => Number(byText.below(60n)))).toEqual([52, 20, 16, 49, 21]);
  const byNumber = new MersenneTwister(42n);
  expect(Array.from({ length: 5 }, () => Number(byNumber.between(1n, 10n)))).toEqual([2, 1, 5, 4, 4]);
  expect(byNumber.bits(70)).toBe(124_265_960_472_762_171_881n);
  const sampler = new MersenneTwister(createHash('sha512').update('x').digest('hex'));
  expect(sampler.sample(Array.from('abcdefgh'), 4)).toEqual(['g', 'f', 'c', 'a']);
  expect(
    sampler.sample(
      Array.from({ length: 100 }, (_unused, index) => index),
      3,
    ),
  ).toEqual([5, 47, 63]);
});
