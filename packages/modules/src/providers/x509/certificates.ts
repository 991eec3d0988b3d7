import { createPublicKey, randomBytes, type KeyObject } from 'node:crypto';
import { AppError, isInteger, pythonStr, type Value } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';
import {
  childAt,
  childrenOf,
  derInteger,
  inner,
  oid,
  readDer,
  readOid,
  readTime,
  sequence,
  setOf,
  time,
  type DerNode,
} from './der.ts';
import { unwrapCertificateFile } from './certificate-files.ts';
import { encodeExtension } from './extensions.ts';
import type { Extension } from './extension-values.ts';
import { loadBytes, publicBytes, signatureAlgorithm, signatureOf, signDer, unwrapAll } from './keys.ts';

/** A certificate as read. */
export interface Certificate {
  readonly whole: Buffer;
  readonly body: Buffer;
  readonly version: number;
  readonly serial: bigint;
  readonly issuer: DerNode;
  readonly subject: DerNode;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Extension[];
  readonly signatureOid: string;
  readonly signature: Buffer;
}

/** A request for a certificate as read. */
export interface SigningRequest {
  readonly whole: Buffer;
  readonly body: Buffer;
  readonly subject: DerNode;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Extension[];
  readonly signatureOid: string;
  readonly signature: Buffer;
}

const kindOfRequest = /^(NEW )?CERTIFICATE REQUEST$/;
const extensionRequest = '1.2.840.113549.1.9.14';

function noSuch(what: string, cause?: unknown): AppError {
  return new AppError({ code: 'state-failed', message: `Could not load PEM-encoded or DER-encoded ${what}`, cause });
}

/** Every certificate of a file: the certificate, then its chain. Throws `state-failed`. */
export function readCertificates(bytes: Buffer, passphrase?: string): readonly Certificate[] {
  const { certificates } = unwrapCertificateFile(bytes, passphrase);
  if (certificates.length === 0) throw noSuch('certificate');
  return certificates.map((one) => orNoSuch('certificate', () => readCertificate(one)));
}

function orNoSuch<Read>(what: string, read: () => Read): Read {
  try {
    return read();
  } catch (caught) {
    throw noSuch(what, caught);
  }
}

/** A certificate at a path or in a text. Throws `state-failed`. */
export async function loadCertificate(host: ReadHost, source: string, passphrase?: string): Promise<Certificate> {
  const [first] = readCertificates(await loadBytes(host, source), passphrase);
  if (first === undefined) throw noSuch('certificate');
  return first;
}

function signedParts(bytes: Buffer): { whole: Buffer; body: Buffer; signatureOid: string; signature: Buffer } {
  const all = readDer(bytes);
  return {
    whole: all.whole,
    body: childAt(all, 0).whole,
    signatureOid: readOid(childAt(childAt(all, 1), 0).content),
    signature: childAt(all, 2).content.subarray(1),
  };
}

function readCertificate(bytes: Buffer): Certificate {
  const signed = signedParts(bytes);
  const fields = [...childrenOf(readDer(signed.body))];
  const version = fields[0]?.tag === 0xa0 ? fields.shift() : undefined;
  const [serial, , issuer, validity, subject, key, ...rest] = fields;
  if (!serial || !issuer || !validity || !subject || !key) throw noSuch('certificate');
  const extensions = rest.find(({ tag }) => tag === 0xa3);
  return {
    ...signed,
    version: version === undefined ? 1 : (childAt(version, 0).content[0] ?? 0) + 1,
    serial: BigInt(`0x${serial.content.toString('hex')}`),
    issuer,
    subject,
    notBefore: readTime(childAt(validity, 0)),
    notAfter: readTime(childAt(validity, 1)),
    publicKey: createPublicKey({ key: key.whole, format: 'der', type: 'spki' }),
    extensions: extensions === undefined ? [] : readExtensions(childAt(extensions, 0)),
  };
}

/** The extensions of a sequence of them. */
export function readExtensions(list: DerNode): readonly Extension[] {
  return childrenOf(list).map((extension) => {
    const parts = childrenOf(extension);
    const value = parts.at(-1);
    return {
      oid: readOid(childAt(extension, 0).content),
      critical: parts.length === 3 && parts[1]?.content[0] !== 0,
      value: value?.content ?? Buffer.alloc(0),
    };
  });
}

/** What a certificate is to say. */
export interface CertificateBody {
  readonly serial: bigint;
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Extension[];
}

/** Makes a certificate of version 3, in DER. */
export function issueCertificate(body: CertificateBody, key: KeyObject, digest: string): Buffer {
  const extensions = body.extensions.map((one) => encodeExtension(one));
  const signed = sequence(
    inner(0, derInteger(2)),
    derInteger(body.serial),
    signatureAlgorithm(signatureOf(key, digest).oid),
    body.issuer,
    sequence(time(body.notBefore), time(body.notAfter)),
    body.subject,
    publicBytes(body.publicKey),
    ...(extensions.length === 0 ? [] : [inner(3, sequence(...extensions))]),
  );
  return signDer(signed, key, digest);
}

/** A serial number that nobody foresees, of 159 bits. */
export function randomSerial(): bigint {
  const bytes = randomBytes(20);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return BigInt(`0x${bytes.toString('hex')}`) | 1n;
}

/** Reads a serial number: a number, or a text of hex digits with or without colons. Throws `state-failed`. */
export function readSerial(given: Value): bigint {
  if (isInteger(given) && Number(given) >= 0) return BigInt(given);
  const hex = pythonStr(given).replace(/[:\s]/g, '');
  if (typeof given === 'string' && /^([0-9a-fA-F]{2})+$/.test(hex)) return BigInt(`0x${hex}`);
  throw new AppError({ code: 'state-failed', message: `Could not parse serial number ${pythonStr(given)}` });
}

/** Hex digits in pairs with colons, as Salt shows numbers and digests. */
export function prettyHex(value: bigint | Buffer): string {
  const hex = typeof value === 'bigint' ? value.toString(16) : value.toString('hex');
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return (even.match(/../g) ?? []).join(':').toUpperCase();
}

/** A request for a certificate in a file. Throws `state-failed`. */
export function readRequest(bytes: Buffer): SigningRequest {
  const [first] = unwrapAll(bytes, kindOfRequest);
  if (first === undefined) throw noSuch('certificate signing request');
  return orNoSuch('certificate signing request', () => {
    const signed = signedParts(first);
    const [, subject, key, attributes] = childrenOf(readDer(signed.body));
    if (!subject || !key) throw noSuch('certificate signing request');
    const wanted = (attributes === undefined ? [] : childrenOf(attributes)).find(
      (attribute) => readOid(childAt(attribute, 0).content) === extensionRequest,
    );
    return {
      ...signed,
      subject,
      publicKey: createPublicKey({ key: key.whole, format: 'der', type: 'spki' }),
      extensions: wanted === undefined ? [] : readExtensions(childAt(childAt(wanted, 1), 0)),
    };
  });
}

/** Makes a request for a certificate, in DER. */
export function issueRequest(
  { subject, extensions }: { readonly subject: Buffer; readonly extensions: readonly Extension[] },
  key: KeyObject,
  digest: string,
): Buffer {
  const wanted = extensions.map((one) => encodeExtension(one));
  const attributes = wanted.length === 0 ? [] : [sequence(oid(extensionRequest), setOf(sequence(...wanted)))];
  return signDer(sequence(derInteger(0), subject, publicBytes(key), inner(0, ...attributes)), key, digest);
}
