import nacl from 'tweetnacl';

/** Length of a secretbox key. */
export const boxKeyLength = nacl.secretbox.keyLength;
/** Length of a secretbox nonce. */
export const boxNonceLength = nacl.secretbox.nonceLength;

const padTo = 256;

/** Boxes `plain`. The nonce must be new under this key. */
export function sealBox(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array): Uint8Array {
  return nacl.secretbox(plain, nonce, key);
}

/** What is in a box, or `undefined` when it was not made with this key and nonce. */
export function openBox(key: Uint8Array, nonce: Uint8Array, box: Uint8Array): Uint8Array | undefined {
  return nacl.secretbox.open(box, nonce, key) ?? undefined;
}

/** Boxes `plain` so that only its length in steps of 256 bytes shows. */
export function sealPaddedBox(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((plain.length + 1) / padTo) * padTo);
  padded.set(plain);
  padded[plain.length] = 0x80;
  return nacl.secretbox(padded, nonce, key);
}

/** What is in a box of {@link sealPaddedBox}, or `undefined` when it does not open or is padded wrongly. */
export function openPaddedBox(key: Uint8Array, nonce: Uint8Array, box: Uint8Array): Uint8Array | undefined {
  const padded = openBox(key, nonce, box);
  if (padded === undefined || padded.length === 0 || padded.length % padTo !== 0) return undefined;
  let end = padded.length - 1;
  while (end > 0 && padded[end] === 0 && padded.length - end < padTo) end -= 1;
  return padded[end] === 0x80 ? padded.subarray(0, end) : undefined;
}
