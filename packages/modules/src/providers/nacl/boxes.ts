import nacl from 'tweetnacl';
import { blake2b } from './blake2b.ts';

/** Length of every key, in bytes. */
export const keyLength = nacl.box.publicKeyLength;

/** A key pair for sealed boxes; the secret key serves secretboxes as well. */
export interface NaclKeyPair {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

export function createKeyPair(): NaclKeyPair {
  return nacl.box.keyPair();
}

export function keyPairOf(secretKey: Uint8Array): NaclKeyPair {
  return nacl.box.keyPair.fromSecretKey(secretKey);
}

/** Seals a message for the owner of a key, as libsodium's `crypto_box_seal`: nobody else opens it, not even the sealer. */
export function seal(plain: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const passing = nacl.box.keyPair();
  const box = nacl.box(plain, sealNonce(passing.publicKey, publicKey), publicKey, passing.secretKey);
  passing.secretKey.fill(0);
  return join(passing.publicKey, box);
}

/** What is in a sealed box; `undefined` when it was not made for this key or is damaged. */
export function unseal(sealed: Uint8Array, secretKey: Uint8Array): Uint8Array | undefined {
  if (sealed.length < nacl.box.publicKeyLength + nacl.box.overheadLength) return undefined;
  const { publicKey } = keyPairOf(secretKey);
  const passing = sealed.slice(0, nacl.box.publicKeyLength);
  const box = sealed.slice(nacl.box.publicKeyLength);
  return nacl.box.open(box, sealNonce(passing, publicKey), passing, secretKey) ?? undefined;
}

/** Boxes a message under a shared key, its nonce before it, as libnacl does. */
export function boxSecretly(plain: Uint8Array, key: Uint8Array): Uint8Array {
  const nonce = nacl.randomBytes(nacl.secretbox.nonceLength);
  return join(nonce, nacl.secretbox(plain, nonce, key));
}

/** What {@link boxSecretly} boxed; `undefined` when it was boxed under another key or is damaged. */
export function unboxSecretly(boxed: Uint8Array, key: Uint8Array): Uint8Array | undefined {
  const { nonceLength, overheadLength } = nacl.secretbox;
  if (boxed.length < nonceLength + overheadLength) return undefined;
  return nacl.secretbox.open(boxed.slice(nonceLength), boxed.slice(0, nonceLength), key) ?? undefined;
}

function sealNonce(passing: Uint8Array, publicKey: Uint8Array): Uint8Array {
  return blake2b(join(passing, publicKey), nacl.box.nonceLength);
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
