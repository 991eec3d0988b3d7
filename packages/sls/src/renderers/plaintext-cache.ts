import { createHash } from 'node:crypto';

/** Plaintexts in memory, by digest of the ciphertext. */
export type PlaintextCache = Map<string, Promise<Uint8Array>>;

/** A decryption that asks once for each ciphertext, also when it is asked again meanwhile; `kept` at most stay. */
export function rememberPlaintexts(
  decrypt: (ciphertext: Uint8Array) => Promise<Uint8Array>,
  cache: PlaintextCache = new Map(),
  kept = 10_000,
): (ciphertext: Uint8Array) => Promise<Uint8Array> {
  return async (ciphertext) => {
    const digest = createHash('sha256').update(ciphertext).digest('base64');
    let plaintext = cache.get(digest);
    if (plaintext === undefined) {
      plaintext = decrypt(ciphertext);
      if (cache.size >= kept) cache.delete(cache.keys().next().value ?? '');
      cache.set(digest, plaintext);
    }
    try {
      return await plaintext;
    } catch (error) {
      // The key may be there at the next try.
      cache.delete(digest);
      throw error;
    }
  };
}
