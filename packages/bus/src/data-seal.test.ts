import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDataSeal } from './data-seal.ts';

describe('a data seal', () => {
  it('opens what it sealed, at its place only, and with its key only', () => {
    const seal = createDataSeal(randomBytes(32));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (plain) => {
        const sealed = seal.seal(plain, 'web1 pillar');
        expect(seal.open(sealed, 'web1 pillar')).toEqual(plain);
        expect(seal.open(sealed, 'web2 pillar')).toBe(undefined);
        expect(createDataSeal(randomBytes(32)).open(sealed, 'web1 pillar')).toBe(undefined);
      }),
    );
  });

  it('opens nothing that was changed or cut', () => {
    const seal = createDataSeal(randomBytes(32));
    const sealed = seal.seal(new TextEncoder().encode('hidden'), 'a');
    expect(Buffer.from(sealed).includes('hidden')).toBe(false);
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = sealed.slice();
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(seal.open(changed, 'a')).toBe(undefined);
      expect(seal.open(sealed.subarray(0, index), 'a')).toBe(undefined);
    }
  });
});
