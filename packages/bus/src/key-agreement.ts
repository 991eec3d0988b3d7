import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** An X25519 key that lives for one handshake or one renewal. */
export interface EphemeralKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The shared secret (32 bytes), or `undefined` for a key with which the secret would be all zeros. */
  agree(peerPublicKey: Uint8Array): Uint8Array | undefined;
}

const keyLength = 32;
// RFC 8410: what stands before the raw bytes in the DER forms of X25519 keys.
const secretPrefix = Buffer.from('302e020100300506032b656e04220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b656e032100', 'hex');

/** Makes an ephemeral key, from `secret` (32 bytes) when a test needs a known one. */
export function createEphemeralKey(secret?: Uint8Array): EphemeralKey {
  const { privateKey, publicKey } = secret === undefined ? generateKeyPairSync('x25519') : keyPairOf(secret);
  const der = publicKey.export({ format: 'der', type: 'spki' });
  return {
    publicKey: Uint8Array.from(der.subarray(-keyLength)),
    agree: (peerPublicKey) => {
      try {
        const key = Buffer.concat([publicPrefix, peerPublicKey]);
        return diffieHellman({ privateKey, publicKey: createPublicKey({ key, format: 'der', type: 'spki' }) });
      } catch {
        // OpenSSL refuses points of small order, which would make the secret known to everyone.
        return undefined;
      }
    },
  };
}

function keyPairOf(secret: Uint8Array): { privateKey: KeyObject; publicKey: KeyObject } {
  const key = Buffer.concat([secretPrefix, secret]);
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}
