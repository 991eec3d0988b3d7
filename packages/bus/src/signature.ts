import { createPublicKey, verify } from 'node:crypto';

/** Length of an Ed25519 public key. */
export const publicKeyLength = 32;
/** Length of an Ed25519 signature. */
export const signatureLength = 64;

// RFC 8410: what stands before the raw bytes in the DER form of an Ed25519 public key.
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** Whether `signature` is the Ed25519 signature of `publicKey` over `bytes`. */
export function isSignatureOf(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    const key = createPublicKey({ key: Buffer.concat([publicPrefix, publicKey]), format: 'der', type: 'spki' });
    return verify(null, bytes, key, signature);
  } catch {
    return false;
  }
}
