import { describe, expect, it } from 'vitest';
import nacl from 'tweetnacl';
import { decodeFrame, type FrameOf } from './frame.ts';
import { createSealedChannel, type SealedChannel } from './sealed-channel.ts';
import type { SessionKeys } from './transcript.ts';

function keysOf(seed: number): SessionKeys {
  const key = (index: number) => new Uint8Array(32).fill(seed * 10 + index);
  return { fromMinion: key(1), fromMaster: key(2), chain: key(3) };
}

function pair(seed = 1): { master: SealedChannel; minion: SealedChannel } {
  return { master: createSealedChannel('master', keysOf(seed)), minion: createSealedChannel('minion', keysOf(seed)) };
}

function sealed(bytes: Uint8Array): FrameOf<'sealed'> {
  const frame = decodeFrame(bytes);
  if (frame?.kind !== 'sealed') throw new Error('not sealed');
  return frame;
}

const hello = Uint8Array.of(1, 2, 3);

describe('a sealed channel', () => {
  it('boxes with the nonce and padding that the protocol page describes', () => {
    const { minion } = pair();
    minion.seal(hello);
    const { generation, counter, box } = sealed(minion.seal(hello));
    const nonce = Buffer.from('050100000000000000000000000000010000000000000000', 'hex');
    const plain = new Uint8Array(256);
    plain.set([1, 2, 3, 0x80]);
    expect({ generation, counter, plain: nacl.secretbox.open(box, nonce, keysOf(1).fromMinion) }).toEqual({
      generation: 0,
      counter: 1n,
      plain,
    });
  });

  it('opens what the other side sealed', () => {
    const { master, minion } = pair();
    expect(minion.open(sealed(master.seal(hello)))).toEqual(hello);
    expect(master.open(sealed(minion.seal(hello)))).toEqual(hello);
  });

  it('drops repetitions and steps back, and takes what comes after a loss', () => {
    const { master, minion } = pair();
    const [first, second, third] = [1, 2, 3].map(() => sealed(minion.seal(hello)));
    if (first === undefined || second === undefined || third === undefined) throw new Error('unreachable');
    expect(master.open(second)).toEqual(hello);
    expect([master.open(second), master.open(first)]).toEqual(['replayed', 'replayed']);
    expect(master.open(third)).toEqual(hello);
  });

  it('drops its own frames when they come back', () => {
    const { master } = pair();
    expect(master.open(sealed(master.seal(hello)))).toBe('unauthentic');
  });

  it('drops frames of another session, and counters that were not sealed', () => {
    const { minion } = pair();
    const frame = sealed(createSealedChannel('master', keysOf(2)).seal(hello));
    expect(minion.open(frame)).toBe('unauthentic');
    expect(minion.open({ ...sealed(pair().master.seal(hello)), counter: 9n })).toBe('unauthentic');
  });

  it('takes frames of both generations until the first of the new one came, and then only of that', () => {
    const { master, minion } = pair();
    const renewed = keysOf(2);
    master.renewReceiving(keysOf(2), true);
    const late = sealed(minion.seal(hello));
    const later = sealed(minion.seal(hello));
    expect(master.open(late)).toEqual(hello);
    minion.renewSending(renewed);
    expect(master.open(sealed(minion.seal(hello)))).toEqual(hello);
    expect(master.open(later)).toBe('replayed');
  });

  it('zeroes keys that it no longer needs', () => {
    const keys = keysOf(1);
    const channel = createSealedChannel('master', keys);
    channel.renewSending(keysOf(2));
    expect(keys.fromMaster).toEqual(new Uint8Array(32));
    channel.renewReceiving(keysOf(2), false);
    expect(keys.fromMinion).toEqual(new Uint8Array(32));
    const last = keysOf(3);
    createSealedChannel('minion', last).close();
    expect([last.fromMaster, last.fromMinion]).toEqual([new Uint8Array(32), new Uint8Array(32)]);
  });

  it('begins to count anew in each generation', () => {
    const { minion } = pair();
    minion.seal(hello);
    expect(minion.frames).toBe(1);
    minion.renewSending(keysOf(2));
    expect([minion.generation, sealed(minion.seal(hello)).counter]).toEqual([1, 0n]);
  });
});
