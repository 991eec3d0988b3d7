import { createHash } from 'node:crypto';

/** The fingerprint of a key in base64: pairs of hexadecimal digits, parted by colons. Node throws for a hash it lacks. */
export function keyFingerprint(key: string, hash: string): string {
  const digest = createHash(hash).update(Buffer.from(key, 'base64')).digest('hex');
  return (digest.match(/../g) ?? []).join(':');
}
