import { createHash, createHmac, randomBytes, getHashes } from 'node:crypto';
import { toIntArgument, toTextArgument } from '../runtime/argument-values.ts';
import { routine, type Routine } from '../runtime/routine.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { fault } from '../template-fault.ts';
import { Markup, type RuntimeValue } from '../values/runtime-value.ts';
import { refuseLongText } from '../values/size-limits.ts';

/** The bytes of bytes or of a text in UTF-8. */
function toBytes(value: RuntimeValue): Uint8Array {
  return value instanceof Uint8Array ? value : Buffer.from(toTextArgument(value), 'utf8');
}

/** A hash in hexadecimal digits. */
export function hexDigest(algorithm: string, bytes: Uint8Array): string {
  const name = algorithm.toLowerCase().replace('_', '-');
  if (!getHashes().includes(name)) throw fault(`Invalid hash type: ${algorithm}`);
  return createHash(name).update(bytes).digest('hex');
}

function digestFilter(name: string): Routine {
  return routine(name, '', (value) => hexDigest(name, toBytes(value)));
}

function encodeBase64(value: RuntimeValue): string {
  return Buffer.from(toBytes(value)).toString('base64');
}

/** Text where the bytes are UTF-8, else the bytes. */
function decodeBase64(value: RuntimeValue): RuntimeValue {
  const text = Buffer.from(toBytes(value))
    .toString('latin1')
    .replaceAll(/[^A-Za-z0-9+/=]/g, '');
  const body = text.replace(/=+$/, '');
  if (text.length % 4 !== 0) throw fault('Incorrect padding');
  const bytes = new Uint8Array(Buffer.from(body, 'base64'));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes;
  }
}

function sign(value: RuntimeValue, secret: RuntimeValue | undefined): Buffer {
  return createHmac('sha256', toBytes(secret ?? null))
    .update(toBytes(value))
    .digest();
}

/** A hash of a number by chance, up to `value`. */
function randomHash(value: RuntimeValue, hashType: RuntimeValue | undefined, runtime: Runtime): string {
  const number = Math.floor(runtime.random() * (toIntArgument(value) + 1));
  const algorithm = hashType === undefined || hashType === null ? 'md5' : toTextArgument(hashType);
  return hexDigest(algorithm, Buffer.from(String(number)));
}

const saltNamespace = Buffer.from('91633ebf1c865e33935a28061f4b480e', 'hex');

/** A version 5 UUID in Salt's namespace. */
function nameUuid(value: RuntimeValue): string {
  const hash = createHash('sha1')
    .update(saltNamespace)
    .update(toBytes(value instanceof Markup ? value.text : value));
  const bytes = hash.digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function randomText(value: RuntimeValue): string {
  const size = toIntArgument(value);
  refuseLongText(size);
  return randomBytes(size).toString('base64').slice(0, size);
}

export const hashFilters: readonly Routine[] = [
  ...['md5', 'sha1', 'sha256', 'sha512'].map(digestFilter),
  routine(
    'hmac',
    'shared_secret challenge_hmac',
    (value, [secret, challenge]) =>
      sign(value, secret).toString('base64') === Buffer.from(toBytes(challenge ?? null)).toString('utf8'),
  ),
  routine('hmac_compute', 'shared_secret', (value, [secret]) => sign(value, secret).toString('hex')),
  routine('base64_encode', '', encodeBase64),
  routine('base64_decode', '', decodeBase64),
  routine('uuid', '', nameUuid),
  routine('random_hash', 'hash_type?', (value, [hashType], runtime) => randomHash(value, hashType, runtime)),
  routine('rand_str', 'hash_type?', (value, [hashType], runtime) => randomHash(value, hashType, runtime)),
  routine('random_str', '', randomText),
];
