import { frameCodes } from './frame.ts';
import { boxNonceLength } from './secret-box.ts';

/** The nonce of a box in the handshake: constant, because each of their keys boxes one thing once. */
export function handshakeNonce(kind: 'challenge' | 'proof'): Uint8Array {
  const nonce = new Uint8Array(boxNonceLength);
  nonce[0] = frameCodes[kind];
  return nonce;
}
