import { describe, expect, it } from 'vitest';
import { openBox, openPaddedBox, sealBox, sealPaddedBox } from './secret-box.ts';

const key = new Uint8Array(32).fill(7);
const nonce = new Uint8Array(24).fill(8);

describe('padded boxes', () => {
  it.each([0, 1, 254, 255, 256, 511, 512, 70_000])('hold %i bytes', (length) => {
    const plain = new Uint8Array(length).fill(0);
    const box = sealPaddedBox(key, nonce, plain);
    expect(box.length % 256).toBe(16);
    expect(openPaddedBox(key, nonce, box)).toEqual(plain);
  });

  it('are refused when the padding is not there', () => {
    for (const plain of [
      new Uint8Array(),
      new Uint8Array(256),
      new Uint8Array(512).fill(1),
      new Uint8Array(255).fill(0x80),
    ]) {
      expect(openPaddedBox(key, nonce, sealBox(key, nonce, plain))).toBeUndefined();
    }
    const tooMuch = new Uint8Array(512);
    tooMuch[0] = 0x80;
    expect(openPaddedBox(key, nonce, sealBox(key, nonce, tooMuch))).toBeUndefined();
  });

  it('are refused when any byte was changed', () => {
    const box = sealBox(key, nonce, Uint8Array.of(1, 2, 3));
    const changed = Array.from(box, (_, index) => box.map((byte, at) => (at === index ? byte ^ 1 : byte)));
    expect(changed.map((other) => openBox(key, nonce, other))).toEqual(changed.map(() => undefined));
  });
});
