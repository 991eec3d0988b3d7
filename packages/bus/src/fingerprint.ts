import { createHash } from 'node:crypto';

/** The SHA-256 of a public key as Salt shows fingerprints: 32 lower-case hex pairs joined by colons. */
export function fingerprint(publicKey: Uint8Array): string {
  const hex = createHash('sha256').update(publicKey).digest('hex');
  return (hex.match(/../g) ?? []).join(':');
}
