import { describe, expect, it } from 'vitest';
import nacl from 'tweetnacl';
import { createEphemeralKey } from './key-agreement.ts';

describe('ephemeral keys', () => {
  it('agree with tweetnacl on public keys and shared secrets', () => {
    for (let round = 1; round <= 20; round += 1) {
      const [one, other] = [nacl.randomBytes(32), nacl.randomBytes(32)];
      const [ours, theirs] = [createEphemeralKey(one), createEphemeralKey(other)];
      expect(ours.publicKey).toEqual(nacl.scalarMult.base(one));
      expect(new Uint8Array(ours.agree(theirs.publicKey) ?? [])).toEqual(nacl.scalarMult(one, theirs.publicKey));
      expect(ours.agree(theirs.publicKey)).toEqual(theirs.agree(ours.publicKey));
    }
  });

  it('are never the same twice', () => {
    const keys = Array.from({ length: 200 }, () => Buffer.from(createEphemeralKey().publicKey).toString('hex'));
    expect(new Set(keys).size).toBe(200);
  });

  it.each([0, 1])('make no secret with the point of small order %i', (point) => {
    const weak = new Uint8Array(32);
    weak[0] = point;
    expect(createEphemeralKey().agree(weak)).toBeUndefined();
  });
});
