import { describe, expect, it } from 'vitest';
import { generateIdentity } from './identity.ts';
import { createSealer } from './sealer.ts';

const plain = new TextEncoder().encode('the pillar of web1');

describe('createSealer', () => {
  it('opens what the same identity sealed for the same purpose, and nothing else', () => {
    const { identity } = generateIdentity('minion');
    const sealed = createSealer(identity, 'tree').seal(plain);
    expect(Buffer.from(sealed).includes('pillar')).toBe(false);
    expect(createSealer(identity, 'tree').open(sealed)).toEqual(plain);
    expect(createSealer(identity, 'other').open(sealed)).toBeUndefined();
    expect(createSealer(generateIdentity('minion').identity, 'tree').open(sealed)).toBeUndefined();
  });

  it('does not open what was changed or cut', () => {
    const sealer = createSealer(generateIdentity('minion').identity, 'tree');
    const sealed = sealer.seal(plain);
    const changed = Uint8Array.from(sealed);
    changed[40] = (changed[40] ?? 0) ^ 1;
    expect(sealer.open(changed)).toBeUndefined();
    expect(sealer.open(sealed.subarray(0, 60))).toBeUndefined();
    expect(sealer.open(new Uint8Array())).toBeUndefined();
  });
});
