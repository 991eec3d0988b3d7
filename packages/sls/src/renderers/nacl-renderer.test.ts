import { AppError, toValue } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { createNaclRenderer } from './nacl-renderer.ts';

async function open(box: string): Promise<Uint8Array> {
  if (box === 'bad') throw new AppError({ code: 'function-failed', message: 'Unable to decrypt message' });
  return new TextEncoder().encode(box.toUpperCase());
}

describe('the nacl renderer', () => {
  it('opens texts that are a box as a whole, once each, and tells what it found', async () => {
    const asked: string[] = [];
    const told: string[] = [];
    const render = createNaclRenderer({
      decrypt: async (box) => {
        asked.push(box);
        return open(box);
      },
      onSecret: (text) => void told.push(text),
    });
    const value = toValue({ a: 'NACL[x]', b: ['NACL[x]', 'NACL[y]\n'], c: 'see NACL[x]', d: 'NACL[x] there', e: 3 });
    expect(await render(value)).toEqual(toValue({ a: 'X', b: ['X', 'Y'], c: 'see NACL[x]', d: 'NACL[x] there', e: 3 }));
    expect(asked).toEqual(['x', 'y']);
    expect(told.toSorted()).toEqual(['X', 'X', 'Y']);
  });

  it('says which values it could not open, all of them', async () => {
    const render = createNaclRenderer({ decrypt: open });
    const failing = render(toValue({ a: { b: 'NACL[bad]' }, c: 'NACL[bad]' }));
    await expect(failing).rejects.toMatchObject({
      code: 'nacl-decrypt',
      problems: [
        { summary: 'Could not decrypt a:b: Unable to decrypt message' },
        { summary: 'Could not decrypt c: Unable to decrypt message' },
      ],
    });
  });
});
