import { createHash, randomBytes } from 'node:crypto';
import type { Identity } from './identity.ts';
import { boxNonceLength, openPaddedBox, sealPaddedBox } from './secret-box.ts';

/** Seals bytes that only the same identity can open again, for the same purpose. */
export interface Sealer {
  seal(plain: Uint8Array): Uint8Array;
  /** `undefined` for what was not sealed by this identity for this purpose, or was changed since. */
  open(sealed: Uint8Array): Uint8Array | undefined;
}

/** Creates a sealer. Its key comes out of a signature, so that the private half of the identity stays inside. */
export function createSealer(identity: Identity, purpose: string): Sealer {
  const signature = identity.sign(new TextEncoder().encode(`brine-seal-v1\0${purpose}`));
  const key = new Uint8Array(createHash('sha256').update(signature).digest());
  return {
    seal: (plain) => {
      const nonce = new Uint8Array(randomBytes(boxNonceLength));
      return Buffer.concat([nonce, sealPaddedBox(key, nonce, plain)]);
    },
    open: (sealed) =>
      sealed.length <= boxNonceLength
        ? undefined
        : openPaddedBox(key, sealed.subarray(0, boxNonceLength), sealed.subarray(boxNonceLength)),
  };
}
