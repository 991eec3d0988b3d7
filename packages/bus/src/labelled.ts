import { hkdfSync, createHash } from 'node:crypto';

/** `label` as ASCII and a zero byte, then the parts: so that no signature or hash can serve for another purpose. */
export function labelled(label: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Buffer.from(`${label}\0`, 'ascii'), ...parts]);
}

/** SHA-256 over {@link labelled}. */
export function labelledHash(label: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return createHash('sha256')
    .update(labelled(label, ...parts))
    .digest();
}

/** HKDF with SHA-256. */
export function deriveKey(secret: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, info, length));
}
