import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { busError } from './bus-error.ts';

/** Which side of the bus a key speaks for. It is part of the key's text form and of every signature. */
export type Role = 'master' | 'minion';

/** Who a master or a minion is: an Ed25519 key that can sign. The private half stays inside. */
export interface Identity {
  readonly role: Role;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The Ed25519 signature (64 bytes) over `bytes`. */
  sign(bytes: Uint8Array): Uint8Array;
}

const keyLength = 32;
// RFC 8410: what stands before the 32 raw bytes in the PKCS #8 form of an Ed25519 seed.
const seedPrefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Makes a new identity; `secret` is its Ed25519 seed (32 bytes), to be written with {@link encodeSecretKey}. */
export function generateIdentity(role: Role): { identity: Identity; secret: Uint8Array } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  const secret = Uint8Array.from(der.subarray(-keyLength));
  der.fill(0);
  return { identity: createIdentity(role, privateKey), secret };
}

/**
 * Reads the text of a secret key file. Throws `bus-key-format` when it is not one, `bus-key-role` when it is the
 * other role's.
 */
export function loadIdentity(role: Role, secretFileText: string): Identity {
  const { role: found, key } = parseKeyLine('secret', secretFileText);
  requireRole(role, found);
  const der = Buffer.concat([seedPrefix, key]);
  const identity = createIdentity(role, createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  der.fill(0);
  key.fill(0);
  return identity;
}

/** The one-line text of a secret key file: `brine-ed25519-secret <role> <base64>`. */
export function encodeSecretKey(role: Role, secret: Uint8Array): string {
  return encodeKeyLine('secret', role, secret);
}

/** The one-line text of a public key file: `brine-ed25519-public <role> <base64>`. */
export function encodePublicKey(role: Role, publicKey: Uint8Array): string {
  return encodeKeyLine('public', role, publicKey);
}

/**
 * Reads the text of a public key file and returns its 32 bytes. Throws `bus-key-format` when it is not one,
 * `bus-key-role` when it is the other role's.
 */
export function parsePublicKey(role: Role, text: string): Uint8Array {
  const { role: found, key } = parseKeyLine('public', text);
  requireRole(role, found);
  return key;
}

function createIdentity(role: Role, privateKey: KeyObject): Identity {
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    role,
    publicKey: Uint8Array.from(der.subarray(-keyLength)),
    sign: (bytes) => new Uint8Array(sign(null, bytes, privateKey)),
  };
}

function encodeKeyLine(kind: 'secret' | 'public', role: Role, key: Uint8Array): string {
  if (key.length !== keyLength) throw busError('bus-key-format', `a ${kind} key has 32 bytes, not ${key.length}`);
  return `brine-ed25519-${kind} ${role} ${Buffer.from(key).toString('base64')}\n`;
}

function parseKeyLine(kind: 'secret' | 'public', text: string): { role: Role; key: Uint8Array } {
  const match = /^brine-ed25519-(secret|public) (master|minion) ([A-Za-z0-9+/]{43}=)\r?\n?$/.exec(text);
  if (match === null) {
    const form = `brine-ed25519-${kind} master|minion <44 characters of base64>`;
    throw busError('bus-key-format', `this is not a Brine ${kind} key: expected the single line "${form}"`);
  }
  if (match[1] !== kind) {
    throw busError('bus-key-format', `this is a ${match[1]} key where a ${kind} key is expected`);
  }
  return { role: match[2] as Role, key: Uint8Array.from(Buffer.from(match[3] ?? '', 'base64')) };
}

function requireRole(wanted: Role, found: Role): void {
  if (wanted !== found) throw busError('bus-key-role', `this is a ${found} key where a ${wanted} key is expected`);
}
