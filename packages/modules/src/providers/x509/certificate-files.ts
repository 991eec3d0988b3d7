import type { KeyObject } from 'node:crypto';
import { AppError } from '@brine/common';
import { encodingOf, unwrapAll, wrapPem } from './keys.ts';
import { encodeKeyStore, isKeyStore, readKeyStore } from './pkcs12.ts';
import { unwrapCertificates, wrapCertificates } from './pkcs7.ts';

/** How a file of certificates may be encoded. */
export const certificateEncodings = ['pem', 'der', 'pkcs7_pem', 'pkcs7_der', 'pkcs12'] as const;
export type CertificateEncoding = (typeof certificateEncodings)[number];

/** What a file of certificates has: their DER, the certificate before its chain. */
export interface CertificateFile {
  readonly encoding: CertificateEncoding;
  readonly certificates: readonly Buffer[];
  readonly friendlyName?: string | undefined;
  readonly key?: KeyObject | undefined;
}

/** How a PKCS#12 file is made. */
export interface KeyStoreWish {
  readonly passphrase: string | undefined;
  /** Whether old programs are to be able to read it. */
  readonly isCompatible: boolean;
  readonly friendlyName: string | undefined;
  readonly key: KeyObject | undefined;
}

const kindOfCertificate = /^(TRUSTED |X509 )?CERTIFICATE$/;
const kindOfMessage = /^(PKCS7|CMS)$/;

/** Takes a file of certificates apart; none are found in what is no such file. Throws `state-failed` for a passphrase. */
export function unwrapCertificateFile(bytes: Buffer, passphrase: string | undefined): CertificateFile {
  if (encodingOf(bytes) === 'pem') return unwrapPemFile(bytes);
  if (bytes[0] !== 0x30) return { encoding: 'der', certificates: [] };
  if (isKeyStore(bytes)) return { encoding: 'pkcs12', ...readKeyStore(bytes, passphrase) };
  const message = tryUnwrap(bytes);
  if (message !== undefined) return { encoding: 'pkcs7_der', certificates: message };
  return { encoding: 'der', certificates: [bytes] };
}

function unwrapPemFile(bytes: Buffer): CertificateFile {
  const certificates = unwrapAll(bytes, kindOfCertificate);
  const [message] = certificates.length > 0 ? [] : unwrapAll(bytes, kindOfMessage);
  if (message === undefined) return { encoding: 'pem', certificates };
  return { encoding: 'pkcs7_pem', certificates: tryUnwrap(message) ?? [] };
}

function tryUnwrap(bytes: Buffer): readonly Buffer[] | undefined {
  try {
    return unwrapCertificates(bytes);
  } catch {
    return undefined;
  }
}

/** Certificates as a file has them. Throws `state-failed` for what an encoding cannot hold. */
export function encodeCertificates(
  certificates: readonly Buffer[],
  encoding: CertificateEncoding,
  store: KeyStoreWish | undefined,
): Buffer {
  switch (encoding) {
    case 'pem':
      return Buffer.from(certificates.map((one) => wrapPem('CERTIFICATE', one)).join(''));
    case 'der':
      if (certificates.length > 1) throw refuse('Cannot encode a certificate chain in DER');
      return Buffer.concat(certificates);
    case 'pkcs7_pem':
      return Buffer.from(wrapPem('PKCS7', wrapCertificates(certificates)));
    case 'pkcs7_der':
      return wrapCertificates(certificates);
    case 'pkcs12':
      return encodeStore(certificates, store);
  }
}

function encodeStore(certificates: readonly Buffer[], store: KeyStoreWish | undefined): Buffer {
  if (store?.key === undefined)
    throw refuse('Creating a PKCS12-encoded certificate without embedded private key is unsupported');
  const { key, friendlyName, passphrase, isCompatible } = store;
  return encodeKeyStore(
    { key, certificates, friendlyName },
    { passphrase, protection: isCompatible ? 'compatible' : 'modern' },
  );
}

function refuse(message: string): AppError {
  return new AppError({ code: 'state-failed', message });
}
