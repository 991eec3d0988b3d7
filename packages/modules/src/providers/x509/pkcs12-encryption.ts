import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hash as oneShot,
  pbkdf2Sync,
  randomBytes,
} from 'node:crypto';
import { AppError } from '@brine/common';
import { childAt, childrenOf, der, derInteger, octets, oid, readOid, sequence, type DerNode } from './der.ts';

const pbes2 = '1.2.840.113549.1.5.13';
const pbkdf2 = '1.2.840.113549.1.5.12';
const hmacWithSha256 = '1.2.840.113549.2.9';
const aes256 = '2.16.840.1.101.3.4.1.42';
const tripleDes = '1.2.840.113549.1.12.1.3';
const hmacHashes: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.2.7', 'sha1'],
  [hmacWithSha256, 'sha256'],
  ['1.2.840.113549.2.10', 'sha384'],
  ['1.2.840.113549.2.11', 'sha512'],
]);
const ciphers: ReadonlyMap<string, { readonly name: string; readonly length: number }> = new Map([
  ['2.16.840.1.101.3.4.1.2', { name: 'aes-128-cbc', length: 16 }],
  ['2.16.840.1.101.3.4.1.22', { name: 'aes-192-cbc', length: 24 }],
  [aes256, { name: 'aes-256-cbc', length: 32 }],
  ['1.2.840.113549.3.7', { name: 'des-ede3-cbc', length: 24 }],
]);
const rounds = 50_000;
// What OpenSSL takes for this derivation, which is slow in itself and protects little anyway.
const compatibleRounds = 2048;

/** What a PKCS#12 file is encrypted with: `modern` is AES-256 of PBES2, `compatible` the triple DES of old programs. */
export type Protection = 'modern' | 'compatible';

/** The key derivation of PKCS#12 (RFC 7292, appendix B); `purpose` is 1 for keys, 2 for vectors, 3 for digests. */
export function deriveKey(
  { hash, password, salt, iterations }: Derivation,
  purpose: 1 | 2 | 3,
  length: number,
): Buffer {
  const block = 64;
  const fill = (bytes: Buffer): Buffer =>
    bytes.length === 0 ? bytes : Buffer.alloc(block * Math.ceil(bytes.length / block), bytes);
  const secret = Buffer.from(`${password}\0`, 'utf16le').swap16();
  const input = Buffer.concat([fill(salt), fill(secret)]);
  const blocks: Buffer[] = [];
  for (let made = 0; made < length;) {
    let digest = createHash(hash)
      .update(Buffer.concat([Buffer.alloc(block, purpose), input]))
      .digest();
    for (let round = 1; round < iterations; round += 1) digest = oneShot(hash, digest, 'buffer');
    blocks.push(digest);
    made += digest.length;
    addToBlocks(input, Buffer.alloc(block, digest));
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** What keys are derived from. */
export interface Derivation {
  readonly hash: string;
  readonly password: string;
  readonly salt: Buffer;
  readonly iterations: number;
}

// Adds a number and one to each block, in place and modulo its size.
function addToBlocks(input: Buffer, addend: Buffer): void {
  for (let start = 0; start < input.length; start += addend.length) {
    let carry = 1;
    for (let at = addend.length - 1; at >= 0; at -= 1) {
      const sum = (input[start + at] ?? 0) + (addend[at] ?? 0) + carry;
      input[start + at] = sum & 0xff;
      carry = sum >> 8;
    }
  }
}

/** The digest that tells whether a file is whole. */
export function macOf(content: Buffer, derivation: Derivation): Buffer {
  const length = derivation.hash === 'sha1' ? 20 : createHash(derivation.hash).digest().length;
  return createHmac(derivation.hash, deriveKey(derivation, 3, length))
    .update(content)
    .digest();
}

/** Encrypts with a password; answers the algorithm in DER and the bytes. */
export function encryptWithPassword(
  content: Buffer,
  password: string,
  protection: Protection,
): { readonly algorithm: Buffer; readonly encrypted: Buffer } {
  return protection === 'modern' ? encryptModern(content, password) : encryptCompatibly(content, password);
}

function encryptModern(content: Buffer, password: string): { algorithm: Buffer; encrypted: Buffer } {
  const [salt, vector] = [randomBytes(16), randomBytes(16)];
  const cipher = createCipheriv('aes-256-cbc', pbkdf2Sync(password, salt, rounds, 32, 'sha256'), vector);
  const derivation = sequence(octets(salt), derInteger(rounds), sequence(oid(hmacWithSha256), der(0x05)));
  const parameters = sequence(sequence(oid(pbkdf2), derivation), sequence(oid(aes256), octets(vector)));
  return {
    algorithm: sequence(oid(pbes2), parameters),
    encrypted: Buffer.concat([cipher.update(content), cipher.final()]),
  };
}

function encryptCompatibly(content: Buffer, password: string): { algorithm: Buffer; encrypted: Buffer } {
  const derivation = { hash: 'sha1', password, salt: randomBytes(8), iterations: compatibleRounds };
  const cipher = createCipheriv('des-ede3-cbc', deriveKey(derivation, 1, 24), deriveKey(derivation, 2, 8));
  return {
    algorithm: sequence(oid(tripleDes), sequence(octets(derivation.salt), derInteger(compatibleRounds))),
    encrypted: Buffer.concat([cipher.update(content), cipher.final()]),
  };
}

/** Decrypts what an algorithm says; throws `state-failed` for a wrong password and an algorithm that is not known. */
export function decryptWithPassword(algorithm: DerNode, encrypted: Buffer, password: string): Buffer {
  const decipher = decipherFor(algorithm, password);
  try {
    return Buffer.concat([decipher.update(encrypted), decipher.final()]);
  } catch (cause) {
    throw wrongPassword(cause);
  }
}

/** What is thrown for a wrong password; its `details` say so to programs. */
export function wrongPassword(cause?: unknown): AppError {
  const details = { reason: 'passphrase' };
  return new AppError({ code: 'state-failed', message: 'Bad decrypt - is the password correct?', details, cause });
}

function decipherFor(algorithm: DerNode, password: string): ReturnType<typeof createDecipheriv> {
  const [name, parameters] = [readOid(childAt(algorithm, 0).content), childAt(algorithm, 1)];
  if (name === tripleDes) {
    const derivation = { hash: 'sha1', password, ...saltAndRounds(parameters) };
    return createDecipheriv('des-ede3-cbc', deriveKey(derivation, 1, 24), deriveKey(derivation, 2, 8));
  }
  const cipher = name === pbes2 ? childAt(parameters, 1) : undefined;
  const known = cipher === undefined ? undefined : ciphers.get(readOid(childAt(cipher, 0).content));
  if (cipher === undefined || known === undefined) throw unknownAlgorithm(name);
  const derivation = childAt(childAt(parameters, 0), 1);
  const { salt, iterations } = saltAndRounds(derivation);
  const named = childrenOf(derivation).find(({ tag }) => tag === 0x30);
  const hash = hmacHashes.get(named === undefined ? '1.2.840.113549.2.7' : readOid(childAt(named, 0).content));
  if (hash === undefined) throw unknownAlgorithm(name);
  const key = pbkdf2Sync(password, salt, iterations, known.length, hash);
  return createDecipheriv(known.name, key, childAt(cipher, 1).content);
}

function unknownAlgorithm(name: string): AppError {
  return new AppError({
    code: 'state-failed',
    message: `The PKCS#12 file is encrypted with an algorithm that is not supported (${name})`,
  });
}

/** Salt and iterations of derivation parameters. Throws `state-failed` for counts that would never end. */
export function saltAndRounds(parameters: DerNode): { readonly salt: Buffer; readonly iterations: number } {
  const iterations = Number(BigInt(`0x${childAt(parameters, 1).content.toString('hex')}`));
  if (iterations < 1 || iterations > 10_000_000)
    throw new AppError({ code: 'state-failed', message: 'The PKCS#12 file has an impossible number of iterations' });
  return { salt: childAt(parameters, 0).content, iterations };
}
