import { createHash, type KeyObject } from 'node:crypto';
import { isAppError, type Plain } from '@brine/common';
import { z } from 'zod';
import { text } from '../../kit/arguments.ts';
import type { ReadHost } from '../../kit/host.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { loadCertificate, prettyHex, readRequest, type Certificate } from '../../providers/x509/certificates.ts';
import { describeEntryExtensions, describeExtensions, momentText } from '../../providers/x509/describe-extensions.ts';
import { describeName } from '../../providers/x509/describe-names.ts';
import type { DerNode } from '../../providers/x509/der.ts';
import { keyIdentifier } from '../../providers/x509/extension-values.ts';
import { describeKey, loadBytes, signatureName } from '../../providers/x509/keys.ts';
import { nameText } from '../../providers/x509/names.ts';
import { loadRevocations } from '../../providers/x509/revocations.ts';
import { globPaths } from '../file/glob-paths.ts';
import { publicPem } from './keys.ts';

export const readCertificate = defineFunction({
  name: 'x509.read_certificate',
  summary: 'What a certificate says: subject, issuer, validity, key, extensions and fingerprints.',
  args: z.object({ certificate: text().describe('The certificate: a path, PEM, or DER in hex or base64.') }),
  examples: ["'*' x509.read_certificate /etc/pki/mycert.crt"],
  run: async ({ certificate }, { host }) => describeCertificate(await loadCertificate(host, certificate)),
});

function describeCertificate(found: Certificate): Record<string, Plain> {
  return {
    version: found.version,
    ...describePublicKey(found.publicKey),
    serial_number: prettyHex(found.serial),
    fingerprints: Object.fromEntries(
      ['sha1', 'sha256', 'md5'].map((name) => [name, prettyHex(createHash(name).update(found.whole).digest())]),
    ),
    ...describeParty('subject', found.subject),
    ...describeParty('issuer', found.issuer),
    not_before: momentText(found.notBefore),
    not_after: momentText(found.notAfter),
    public_key: publicPem(found.publicKey),
    extensions: describeExtensions(found.extensions),
    signature_algorithm: signatureName(found.signatureOid),
  };
}

function describePublicKey(key: KeyObject): Record<string, Plain> {
  const { algorithm, size } = describeKey(key);
  return { key_size: size ?? null, key_type: algorithm };
}

function describeParty(role: string, name: DerNode): Record<string, Plain> {
  return { [role]: describeName(name), [`${role}_hash`]: prettyHex(nameHash(name)), [`${role}_str`]: nameText(name) };
}

// The first four bytes of the digest, backwards, as OpenSSL has them.
function nameHash(name: DerNode): Buffer {
  return createHash('sha1').update(name.whole).digest().subarray(0, 4).reverse();
}

export const readCertificates = defineFunction({
  name: 'x509.read_certificates',
  summary: 'What the certificates of files say, by path; files that are none are left out.',
  args: z.object({ glob_path: text().describe('A pattern of paths.') }),
  examples: ["'*' x509.read_certificates '/etc/pki/*.crt'"],
  async run({ glob_path: pattern }, { host }) {
    const found: Record<string, Plain> = {};
    for (const path of await globPaths(host, pattern)) {
      const certificate = await certificateOrUndefined(host, path);
      if (certificate !== undefined) found[path] = describeCertificate(certificate);
    }
    return found;
  },
});

async function certificateOrUndefined(host: ReadHost, path: string): Promise<Certificate | undefined> {
  if ((await host.files.stat(path, { follow: true }))?.kind !== 'file') return undefined;
  try {
    return await loadCertificate(host, path);
  } catch (error) {
    if (isAppError(error, 'state-failed')) return undefined;
    throw error;
  }
}

export const readCsr = defineFunction({
  name: 'x509.read_csr',
  summary: 'What a request for a certificate says: subject, key and extensions.',
  args: z.object({ csr: text().describe('The request: a path, PEM, or DER in hex or base64.') }),
  examples: ["'*' x509.read_csr /etc/pki/mycert.csr"],
  async run({ csr }, { host }) {
    const found = readRequest(await loadBytes(host, csr));
    return {
      ...describePublicKey(found.publicKey),
      ...describeParty('subject', found.subject),
      public_key_hash: prettyHex(keyIdentifier(found.publicKey)),
      extensions: describeExtensions(found.extensions),
    };
  },
});

export const readCrl = defineFunction({
  name: 'x509.read_crl',
  summary: 'What a list of revoked certificates says: issuer, times, extensions, and each certificate by its number.',
  args: z.object({ crl: text().describe('The list: a path, PEM, or DER in hex or base64.') }),
  examples: ["'*' x509.read_crl /etc/pki/my.crl"],
  async run({ crl }, { host }) {
    const found = await loadRevocations(host, crl);
    const revoked = found.revoked.map(({ serial, date, extensions }) => [
      prettyHex(serial).replaceAll(':', ''),
      { revocation_date: momentText(date), extensions: describeEntryExtensions(extensions) },
    ]);
    return {
      issuer: describeName(found.issuer),
      last_update: momentText(found.lastUpdate),
      next_update: found.nextUpdate === undefined ? null : momentText(found.nextUpdate),
      revoked_certificates: Object.fromEntries(revoked) as Record<string, Plain>,
      extensions: describeExtensions(found.extensions),
      signature_algorithm: signatureName(found.signatureOid),
    };
  },
});
