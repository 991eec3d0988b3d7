import { describe, expect, it } from 'vitest';
import { decodeFragment, encodeFragment } from './fragment.ts';
import { createReassembly } from './reassembly.ts';

const limit = 67_108_864;

function piece(messageNumber: number, total: number, offset: number, bytes: readonly number[]) {
  return { messageNumber, total, offset, bytes: Uint8Array.from(bytes) };
}

describe('reassembly', () => {
  it('puts alternating messages together', () => {
    const reassembly = createReassembly();
    expect(reassembly.add(piece(0, 4, 0, [1, 2]), limit)).toBe('incomplete');
    expect(reassembly.add(piece(1, 2, 0, [7]), limit)).toBe('incomplete');
    expect(reassembly.add(piece(2, 1, 0, [9]), limit)).toEqual(Uint8Array.of(9));
    expect(reassembly.add(piece(1, 2, 1, [8]), limit)).toEqual(Buffer.from([7, 8]));
    expect(reassembly.add(piece(0, 4, 2, [3, 4]), limit)).toEqual(Buffer.from([1, 2, 3, 4]));
  });

  it.each([
    ['a gap', [piece(0, 4, 0, [1]), piece(0, 4, 2, [1])]],
    ['a repeated fragment', [piece(0, 4, 0, [1]), piece(0, 4, 0, [1])]],
    ['another total', [piece(0, 4, 0, [1]), piece(0, 5, 1, [1])]],
    ['a message that does not begin at its beginning', [piece(0, 4, 1, [1])]],
    ['a message number that is not above the last', [piece(5, 1, 0, [1]), piece(5, 1, 0, [1])]],
    ['a message beyond the limit', [piece(0, limit + 1, 0, [1])]],
    ['too many messages at once', Array.from({ length: 17 }, (_, number) => piece(number, 2, 0, [1]))],
    ['too many bytes promised', [0, 1, 2].map((number) => piece(number, limit, 0, [1]))],
  ])('takes %s for a violation', (_what, pieces) => {
    const reassembly = createReassembly();
    expect(pieces.map((fragment) => reassembly.add(fragment, limit)).at(-1)).toBe('violation');
  });

  it('counts message numbers on through the end of 32 bits', () => {
    const reassembly = createReassembly();
    for (const number of [1, 2_000_000_000, 4_000_000_000, 4_294_967_295, 0, 1]) {
      expect(reassembly.add(piece(number, 1, 0, [1]), limit)).toEqual(Uint8Array.of(1));
    }
  });
});

describe('fragments', () => {
  it('are read as they were written', () => {
    const fragment = piece(3, 9, 4, [1, 2]);
    expect(decodeFragment(encodeFragment(fragment))).toEqual(fragment);
  });

  it('are refused when empty, too long or beyond their message', () => {
    const broken = [
      piece(0, 0, 0, []),
      piece(0, 1, 1, [1]),
      { ...piece(0, 300_000, 0, []), bytes: new Uint8Array(262_145) },
    ];
    expect(broken.map((fragment) => decodeFragment(encodeFragment(fragment)))).toEqual(broken.map(() => undefined));
    expect(decodeFragment(Uint8Array.of(1, 2, 3))).toBeUndefined();
  });
});
