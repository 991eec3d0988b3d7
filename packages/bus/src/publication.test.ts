import { describe, expect, it } from 'vitest';
import { generateIdentity } from './identity.ts';
import { encodeSlots, hasSlot, readPublication, signPublication, type PublicationContent } from './publication.ts';

const { identity } = generateIdentity('master');
const content: PublicationContent = {
  sequence: 5n,
  id: '20260101000000000000',
  notAfter: 1_700_000_000_000,
  addressing: { form: 'direct', minionId: 'web1' },
  body: Uint8Array.of(1, 2, 3),
};
const broadcast: PublicationContent = {
  ...content,
  addressing: { form: 'broadcast', epoch: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), slots: Uint8Array.of(9) },
};

describe('a signed publication', () => {
  it.each([content, broadcast])('is read as it was written', (original) => {
    expect(readPublication(identity.publicKey, signPublication(identity, original))).toEqual(original);
  });

  it.each([content, broadcast])('is refused when any byte was changed', (original) => {
    const signed = Uint8Array.from(signPublication(identity, original));
    for (let position = 0; position < signed.length; position += 1) {
      const changed = signed.slice();
      changed[position] = (changed[position] ?? 0) ^ 0x10;
      expect(['malformed', 'unauthentic']).toContain(readPublication(identity.publicKey, changed));
    }
  });

  it('is refused when someone else signed it', () => {
    const minion = generateIdentity('minion').identity;
    expect(readPublication(identity.publicKey, signPublication(minion, content))).toBe('unauthentic');
  });

  it('is refused when cut short', () => {
    const signed = signPublication(identity, content);
    const shorter = Array.from(signed, (_, length) => readPublication(identity.publicKey, signed.subarray(0, length)));
    expect(new Set(shorter)).toEqual(new Set(['malformed']));
  });
});

describe('a bitmap of slots', () => {
  it('has exactly the slots that were set', () => {
    const bitmap = encodeSlots([0, 7, 8, 21]);
    expect(bitmap).toEqual(Uint8Array.of(0b1000_0001, 0b0000_0001, 0b0010_0000));
    expect(Array.from({ length: 40 }, (_, slot) => slot).filter((slot) => hasSlot(bitmap, slot))).toEqual([
      0, 7, 8, 21,
    ]);
    expect(hasSlot(bitmap, 4_294_967_295)).toBe(false);
  });

  it('is empty without slots', () => {
    expect(encodeSlots([])).toEqual(new Uint8Array());
  });
});
