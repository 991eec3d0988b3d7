import { describe, expect, it } from 'vitest';
import { placesOf } from './batch-size.ts';

describe('placesOf', () => {
  it('reads numbers and shares, which are rounded down but never to none', () => {
    expect(['3', '25%', '%25', '12.5%', '1%', '100%'].map((size) => placesOf(size, 10))).toEqual([3, 2, 2, 1, 1, 10]);
  });

  it.each(['0', '0%', '1.5', 'many', '', '-1', '10%%%'])('refuses %j', (size) => {
    expect(() => placesOf(size, 10)).toThrow(
      expect.objectContaining({ code: 'request-invalid', exitCode: 2 }) as Error,
    );
  });
});
