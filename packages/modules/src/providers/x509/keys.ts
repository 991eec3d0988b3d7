import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { AppError } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';
import { der, oid, sequence } from './der.ts';
import { encodeKeyStore, isKeyStore, readKeyStore } from './pkcs12.ts';

/** Kinds of keys. */
export type KeyAlgorithm = 'rsa' | 'ec' | 'ed25519' | 'ed448';

function refuse(message: string, cause?: unknown): AppError {
  return new AppError({ code: 'state-failed', message, cause });
}

/** What a path has, or the bytes of a text given in its place: PEM, or DER in hex or base64. Throws `state-failed` for a path without a file. */
export async function loadBytes(host: ReadHost, source: string): Promise<Buffer> {
  if (source.includes('-----BEGIN ')) return Buffer.from(normalizePem(source));
  if (source.startsWith('/')) {
    const bytes = await host.files.read(source);
    if (bytes !== undefined) return Buffer.from(bytes);
  }
  const given = bytesOf(source.trim());
  if (given !== undefined) return given;
  throw refuse(`Could not load ${source.startsWith('/') ? source : 'data'}: no such file`);
}

// DER begins with a sequence, so that neither a path nor a word is mistaken for it.
function bytesOf(text: string): Buffer | undefined {
  const compact = text.replace(/\s+/g, '');
  if (/^30([0-9a-fA-F]{2})+$/.test(compact)) return Buffer.from(compact, 'hex');
  return /^M[A-P][A-Za-z0-9+/]{2,}={0,2}$/.test(compact) ? Buffer.from(compact, 'base64') : undefined;
}

// The mine and the command line hand texts around with their lines joined.
function normalizePem(text: string): string {
  return text.replaceAll('\\n', '\n').replace(/(-----BEGIN [^-]+-----)\s*([\s\S]*?)\s*(-----END )/g, '$1\n$2\n$3');
}

/** How a file of DER or PEM is encoded. */
export function encodingOf(bytes: Buffer): 'pem' | 'der' {
  return bytes.includes('-----BEGIN ') ? 'pem' : 'der';
}

/** The bytes of the first PEM block of a kind, or of a DER file. */
export function unwrapPem(bytes: Buffer, kind: RegExp): Buffer | undefined {
  return unwrapAll(bytes, kind)[0];
}

/** The bytes of every PEM block of a kind, or of a DER file. */
export function unwrapAll(bytes: Buffer, kind: RegExp): readonly Buffer[] {
  if (encodingOf(bytes) === 'der') return bytes[0] === 0x30 ? [bytes] : [];
  const blocks = bytes.toString('latin1').matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g);
  return [...blocks].flatMap(([, name = '', body = '']) => (kind.test(name) ? [Buffer.from(body, 'base64')] : []));
}

/** DER as PEM of a kind, in lines of 64. */
export function wrapPem(kind: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${kind}-----\n${lines.join('\n')}\n-----END ${kind}-----\n`;
}

/** Why a private key could not be read. */
export type KeyRefusal = 'bad-passphrase' | 'encrypted' | 'unencrypted' | 'no-key';

/** Reads a private key of PEM, DER or PKCS#12. */
export function readPrivateKey(
  bytes: Buffer,
  passphrase: string | undefined,
): KeyObject | { readonly refusal: KeyRefusal } {
  return isKeyStore(bytes) ? readStoredKey(bytes, passphrase) : readPlainKey(bytes, passphrase);
}

function readPlainKey(bytes: Buffer, passphrase: string | undefined): KeyObject | { readonly refusal: KeyRefusal } {
  const isPem = encodingOf(bytes) === 'pem';
  const isEncrypted = isPem ? /ENCRYPTED/.test(bytes.toString('latin1')) : isEncryptedDer(bytes);
  if (isEncrypted && passphrase === undefined) return { refusal: 'encrypted' };
  if (!isEncrypted && passphrase !== undefined) return { refusal: 'unencrypted' };
  const types = ['pkcs8', 'pkcs1', 'sec1'] as const;
  for (const type of isPem ? (['pkcs8'] as const) : types) {
    try {
      const format = isPem ? ({ format: 'pem' } as const) : ({ format: 'der', type } as const);
      return createPrivateKey({ key: bytes, ...format, ...(passphrase === undefined ? {} : { passphrase }) });
    } catch {
      // Another form may fit; what fits none is told below.
    }
  }
  return { refusal: isEncrypted ? 'bad-passphrase' : 'no-key' };
}

function readStoredKey(bytes: Buffer, passphrase: string | undefined): KeyObject | { readonly refusal: KeyRefusal } {
  try {
    return readKeyStore(bytes, passphrase).key ?? { refusal: 'no-key' };
  } catch {
    return { refusal: passphrase === undefined ? 'encrypted' : 'bad-passphrase' };
  }
}

// PKCS#8 in clear starts with its version, an encrypted one with an algorithm.
function isEncryptedDer(bytes: Buffer): boolean {
  const start = (bytes[1] ?? 0) < 0x80 ? 2 : 2 + ((bytes[1] ?? 0) & 0x7f);
  return bytes[0] === 0x30 && bytes[start] === 0x30;
}

/** A private key at a path or in a text. Throws `state-failed` when it cannot be had. */
export async function loadPrivateKey(
  host: ReadHost,
  source: string,
  passphrase: string | undefined,
): Promise<KeyObject> {
  const bytes = await loadBytes(host, source);
  const key = readPrivateKey(bytes, passphrase);
  if (!('refusal' in key)) return key;
  const reasons: Record<KeyRefusal, string> = {
    'bad-passphrase': 'Bad decrypt - is the password correct?',
    encrypted: 'Private key is encrypted. Please supply a password.',
    unencrypted: 'Private key is unencrypted, but a password was given.',
    'no-key': 'Could not load it as a private key',
  };
  const place = source.startsWith('/') ? source : 'the private key';
  throw refuse(`${place}: ${reasons[key.refusal]}`);
}

/** A public key at a path or in a text; a private key or a certificate will do. */
export async function loadPublicKey(host: ReadHost, source: string): Promise<KeyObject> {
  const bytes = await loadBytes(host, source);
  const attempts = [() => createPublicKey(bytes), () => createPublicKey({ key: bytes, format: 'der', type: 'spki' })];
  for (const make of attempts)
    try {
      return make();
    } catch {
      // Another form may fit.
    }
  throw refuse('Could not load key as certificate, public key, private key, CSR or CRL');
}

/** Makes a private key. Throws `state-failed` for a size that there is not. */
export function createKey(algorithm: KeyAlgorithm, size: number | undefined): KeyObject {
  if (algorithm === 'ed25519') return generateKeyPairSync('ed25519').privateKey;
  if (algorithm === 'ed448') return generateKeyPairSync('ed448').privateKey;
  if (algorithm === 'rsa') {
    const modulusLength = size ?? 2048;
    if (modulusLength < 1024 || modulusLength > 16_384) throw refuse(`Invalid key size ${modulusLength} for rsa`);
    return generateKeyPairSync('rsa', { modulusLength, publicExponent: 0x10001 }).privateKey;
  }
  const curve = curves.get(size ?? 256);
  if (curve === undefined)
    throw refuse(`Invalid key size ${size ?? 256} for ec. Valid: ${[...curves.keys()].join(', ')}`);
  return generateKeyPairSync('ec', { namedCurve: curve }).privateKey;
}

const curves: ReadonlyMap<number, string> = new Map([
  [256, 'prime256v1'],
  [384, 'secp384r1'],
  [521, 'secp521r1'],
]);

/** How a file of a private key may be encoded. */
export const keyEncodings = ['pem', 'der', 'pkcs12'] as const;
export type KeyEncoding = (typeof keyEncodings)[number];

/** How a file of a private key is encoded. */
export function keyEncodingOf(bytes: Buffer): KeyEncoding {
  return isKeyStore(bytes) ? 'pkcs12' : encodingOf(bytes);
}

/** A private key as a file has it: PKCS#8 or PKCS#12, encrypted when there is a passphrase. */
export function encodeKey(
  key: KeyObject,
  encoding: KeyEncoding,
  passphrase: string | undefined,
  isCompatible = false,
): Buffer {
  const cipher = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  if (encoding === 'pem') return Buffer.from(key.export({ type: 'pkcs8', format: 'pem', ...cipher }));
  if (encoding === 'der') return key.export({ type: 'pkcs8', format: 'der', ...cipher });
  return encodeKeyStore({ key, certificates: [] }, { passphrase, protection: isCompatible ? 'compatible' : 'modern' });
}

/** Kind and bits of a key. */
export function describeKey(key: KeyObject): { readonly algorithm: string; readonly size: number | undefined } {
  const algorithm = key.asymmetricKeyType ?? 'unknown';
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const size = modulusLength ?? [...curves].find(([, curve]) => curve === namedCurve)?.[0];
  return { algorithm, size };
}

/** Whether two keys have the same public part. */
export function isPair(left: KeyObject, right: KeyObject): boolean {
  return publicBytes(left).equals(publicBytes(right));
}

/** The public part of a key as certificates have it. */
export function publicBytes(key: KeyObject): Buffer {
  const open = key.type === 'private' ? createPublicKey(key) : key;
  return open.export({ type: 'spki', format: 'der' });
}

const signatureOids: ReadonlyMap<string, string> = new Map([
  ['rsa sha1', '1.2.840.113549.1.1.5'],
  ['rsa sha224', '1.2.840.113549.1.1.14'],
  ['rsa sha256', '1.2.840.113549.1.1.11'],
  ['rsa sha384', '1.2.840.113549.1.1.12'],
  ['rsa sha512', '1.2.840.113549.1.1.13'],
  ['ec sha1', '1.2.840.10045.4.1'],
  ['ec sha224', '1.2.840.10045.4.3.1'],
  ['ec sha256', '1.2.840.10045.4.3.2'],
  ['ec sha384', '1.2.840.10045.4.3.3'],
  ['ec sha512', '1.2.840.10045.4.3.4'],
  ['ed25519', '1.3.101.112'],
  ['ed448', '1.3.101.113'],
]);

/** How a key signs with a digest. Throws `state-failed` for a digest there is not. */
export function signatureOf(key: KeyObject, digest: string): { readonly oid: string; readonly hash: string | null } {
  const type = key.asymmetricKeyType ?? '';
  const isEdwards = type === 'ed25519' || type === 'ed448';
  const word = digest.toLowerCase().replaceAll('-', '');
  const dotted = signatureOids.get(isEdwards ? type : `${type} ${word}`);
  if (dotted === undefined) throw refuse(`The digest ${digest} cannot be used with a key of ${type}`);
  return { oid: dotted, hash: isEdwards ? null : word };
}

/** The digest that a signature algorithm has; `undefined` for one that needs none or is not known. */
export function digestOf(signatureOid: string): string | undefined {
  return [...signatureOids].find(([, dotted]) => dotted === signatureOid)?.[0].split(' ')[1];
}

/** The name of the algorithm of a signature, as OpenSSL and Salt call it; its identifier when it is not known. */
export function signatureName(dotted: string): string {
  const [type, digest] = [...signatureOids].find(([, each]) => each === dotted)?.[0].split(' ') ?? [];
  if (type === undefined) return dotted;
  if (digest === undefined) return type;
  return type === 'rsa' ? `${digest}WithRSAEncryption` : `ecdsa-with-${digest.toUpperCase()}`;
}

/** The algorithm of a signature in DER. */
export function signatureAlgorithm(dotted: string): Buffer {
  return sequence(oid(dotted), ...(dotted.startsWith('1.2.840.113549.') ? [der(0x05)] : []));
}

/** What is signed, the algorithm and the signature together. */
export function signDer(body: Buffer, key: KeyObject, digest: string): Buffer {
  const { oid: dotted, hash } = signatureOf(key, digest);
  const signature = sign(hash, body, key);
  return sequence(body, signatureAlgorithm(dotted), der(0x03, Buffer.from([0]), signature));
}

/** Whether a signature over a body is that of a key. */
export function isSignedBy(
  signed: { readonly body: Buffer; readonly signatureOid: string; readonly signature: Buffer },
  key: KeyObject,
): boolean {
  try {
    return verify(digestOf(signed.signatureOid) ?? null, signed.body, key, signed.signature);
  } catch {
    return false;
  }
}
