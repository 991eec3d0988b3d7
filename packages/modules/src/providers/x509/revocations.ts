import type { KeyObject } from 'node:crypto';
import { AppError } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';
import {
  childAt,
  childrenOf,
  derInteger,
  inner,
  readDer,
  readOid,
  readTime,
  sequence,
  time,
  type DerNode,
} from './der.ts';
import { readExtensions } from './certificates.ts';
import { encodeExtension } from './extensions.ts';
import type { Extension } from './extension-values.ts';
import { loadBytes, signatureAlgorithm, signatureOf, signDer, unwrapPem } from './keys.ts';

/** A certificate that is revoked. */
export interface Revocation {
  readonly serial: bigint;
  readonly date: Date;
  readonly extensions: readonly Extension[];
}

/** A list of revoked certificates as read. */
export interface RevocationList {
  readonly whole: Buffer;
  readonly body: Buffer;
  readonly issuer: DerNode;
  readonly lastUpdate: Date;
  readonly nextUpdate: Date | undefined;
  readonly revoked: readonly Revocation[];
  readonly extensions: readonly Extension[];
  readonly signatureOid: string;
  readonly signature: Buffer;
}

function noList(cause?: unknown): AppError {
  const message = 'Could not load PEM-encoded or DER-encoded certificate revocation list';
  return new AppError({ code: 'state-failed', message, cause });
}

/** Reads a list. Throws `state-failed` for what is none. */
export function readRevocations(bytes: Buffer): RevocationList {
  const content = unwrapPem(bytes, /^X509 CRL$/);
  if (content === undefined) throw noList();
  try {
    return readList(content);
  } catch (caught) {
    throw noList(caught);
  }
}

function readList(content: Buffer): RevocationList {
  const all = readDer(content);
  const body = childAt(all, 0);
  const fields = [...childrenOf(body)];
  if (fields[0]?.tag === 0x02) fields.shift();
  const [, issuer, last, ...rest] = fields;
  if (issuer === undefined || last === undefined) throw noList();
  const isTime = ({ tag }: DerNode): boolean => tag === 0x17 || tag === 0x18;
  const next = rest.find(isTime);
  const entries = rest.find(({ tag }) => tag === 0x30);
  const extensions = rest.find(({ tag }) => tag === 0xa0);
  return {
    whole: all.whole,
    body: body.whole,
    issuer,
    lastUpdate: readTime(last),
    nextUpdate: next === undefined ? undefined : readTime(next),
    revoked: (entries === undefined ? [] : childrenOf(entries)).map((entry) => readEntry(entry)),
    extensions: extensions === undefined ? [] : readExtensions(childAt(extensions, 0)),
    signatureOid: readOid(childAt(childAt(all, 1), 0).content),
    signature: childAt(all, 2).content.subarray(1),
  };
}

function readEntry(entry: DerNode): Revocation {
  const [, , extensions] = childrenOf(entry);
  return {
    serial: BigInt(`0x${childAt(entry, 0).content.toString('hex')}`),
    date: readTime(childAt(entry, 1)),
    extensions: extensions === undefined ? [] : readExtensions(extensions),
  };
}

/** A list at a path or in a text. Throws `state-failed`. */
export async function loadRevocations(host: ReadHost, source: string): Promise<RevocationList> {
  return readRevocations(await loadBytes(host, source));
}

/** What a list is to say. */
export interface RevocationBody {
  readonly issuer: Buffer;
  readonly lastUpdate: Date;
  readonly nextUpdate: Date;
  readonly revoked: readonly Revocation[];
  readonly extensions: readonly Extension[];
}

/** Makes a list of version 2, in DER. */
export function issueRevocations(body: RevocationBody, key: KeyObject, digest: string): Buffer {
  const entries = body.revoked.map(({ serial, date, extensions }) =>
    sequence(
      derInteger(serial),
      time(date),
      ...(extensions.length === 0 ? [] : [sequence(...extensions.map((one) => encodeExtension(one)))]),
    ),
  );
  const signed = sequence(
    derInteger(1),
    signatureAlgorithm(signatureOf(key, digest).oid),
    body.issuer,
    time(body.lastUpdate),
    time(body.nextUpdate),
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
    ...(body.extensions.length === 0
      ? []
      : [inner(0, sequence(...body.extensions.map((one) => encodeExtension(one))))]),
  );
  return signDer(signed, key, digest);
}
