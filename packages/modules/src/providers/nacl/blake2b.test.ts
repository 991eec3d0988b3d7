import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blake2b } from './blake2b.ts';

describe('blake2b', () => {
  it('is what OpenSSL computes, for inputs of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (input) => {
        const expected = createHash('blake2b512').update(input).digest('hex');
        expect(Buffer.from(blake2b(input, 64)).toString('hex')).toBe(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('makes other digests for other lengths, as b2sum does', () => {
    expect(Buffer.from(blake2b(new TextEncoder().encode('abc'), 32)).toString('hex')).toBe(
      'bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319',
    );
  });
});
