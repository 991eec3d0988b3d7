import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Seals what is kept on disk. */
export interface DataSeal {
  /** Seals bytes that stand at a place; elsewhere they do not open. */
  seal(plain: Uint8Array, place: string): Uint8Array;
  /** What was sealed at this place; `undefined` when it was not, or not with this key. */
  open(sealed: Uint8Array, place: string): Uint8Array | undefined;
}

const cipherName = 'chacha20-poly1305';
const nonceLength = 12;
const tagLength = 16;

/** A seal under a key of 32 bytes: ChaCha20-Poly1305 (RFC 8439), nonce first, tag last. */
export function createDataSeal(key: Uint8Array): DataSeal {
  return {
    seal(plain, place) {
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv(cipherName, key, nonce, { authTagLength: tagLength });
      cipher.setAAD(Buffer.from(place), { plaintextLength: plain.length });
      const boxed = Buffer.concat([nonce, cipher.update(plain), cipher.final()]);
      return new Uint8Array(Buffer.concat([boxed, cipher.getAuthTag()]));
    },
    open(sealed, place) {
      if (sealed.length < nonceLength + tagLength) return undefined;
      const boxed = sealed.subarray(nonceLength, sealed.length - tagLength);
      const decipher = createDecipheriv(cipherName, key, sealed.subarray(0, nonceLength), { authTagLength: tagLength });
      decipher.setAuthTag(sealed.subarray(sealed.length - tagLength));
      decipher.setAAD(Buffer.from(place), { plaintextLength: boxed.length });
      try {
        return new Uint8Array(Buffer.concat([decipher.update(boxed), decipher.final()]));
      } catch {
        return undefined;
      }
    },
  };
}
