import { createHash } from 'node:crypto';
import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, lineText, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { loadCertificate, prettyHex, type Certificate } from '../../providers/x509/certificates.ts';
import { isSignedBy, signatureName, wrapPem } from '../../providers/x509/keys.ts';
import { loadRevocations } from '../../providers/x509/revocations.ts';
import { failure } from '../failure.ts';
import { safeName } from '../safe-name.ts';
import { readText } from '../text-file.ts';
import { extensionTexts } from './extension-text.ts';
import { opensslName } from './openssl-name.ts';
import { basePath, cacertPath, caFilename, caName, certFilename, choosePath, fileName, placesOf } from './place.ts';

const CN = withDefault(fileName(), 'localhost').describe('Whom the certificate names.');
const asText = withDefault(flag(), false).describe('Answer what is in it.');

export const setCaPath = defineFunction({
  name: 'tls.set_ca_path',
  summary: 'Has the calls of this run look for authorities in a folder; answers the folder.',
  args: z.object({ cacert_path: cacertPath }),
  examples: ["'*' tls.set_ca_path /etc/certs"],
  run({ cacert_path: path }, context) {
    if (path !== undefined) choosePath(context, path);
    return basePath(context, undefined);
  },
});

async function tellFile(path: string, { isText, name }: { isText: boolean; name: string }, context: FunctionContext) {
  const content = await readText(context.host, path);
  if (content === undefined) throw failure(`Certificate does not exists for ${name}`);
  return isText ? content : path;
}

export const getCaSignedCert = defineFunction({
  name: 'tls.get_ca_signed_cert',
  summary: 'The path of a certificate that an authority issued, or what is in it.',
  args: z.object({ ca_name: caName, CN, as_text: asText, cacert_path: cacertPath, cert_filename: certFilename }),
  examples: ["'*' tls.get_ca_signed_cert test_ca CN=localhost as_text=False cacert_path=/etc/certs"],
  async run(args, context) {
    const path = `${placesOf(args, context).folder}/certs/${args.cert_filename ?? args.CN}.crt`;
    return tellFile(path, { isText: args.as_text, name: args.CN }, context);
  },
});

export const getCaSignedKey = defineFunction({
  name: 'tls.get_ca_signed_key',
  summary: 'The path of the key of a certificate that an authority issued, or what is in it.',
  args: z.object({ ca_name: caName, CN, as_text: asText, cacert_path: cacertPath, key_filename: certFilename }),
  examples: ["'*' tls.get_ca_signed_key test_ca CN=localhost as_text=False cacert_path=/etc/certs"],
  async run(args, context) {
    const path = `${placesOf(args, context).folder}/certs/${args.key_filename ?? args.CN}.key`;
    const told = await tellFile(path, { isText: args.as_text, name: args.CN }, context);
    if (args.as_text) await context.keepSecret?.(told);
    return told;
  },
});

export const maybeFixSslVersion = defineFunction({
  name: 'tls.maybe_fix_ssl_version',
  summary: 'Does nothing: the certificates of authorities made here have the right version.',
  args: z.object({ ca_name: caName, cacert_path: cacertPath, ca_filename: caFilename }),
  examples: ["'*' tls.maybe_fix_ssl_version test_ca /etc/certs"],
  async run(args, context) {
    await loadCertificate(context.host, placesOf(args, context).certificate);
    return null;
  },
});

export const certInfo = defineFunction({
  name: 'tls.cert_info',
  summary: 'What a certificate says: whom it names, who issued it, when it ends, its extensions as texts.',
  args: z.object({
    cert: text().describe('The certificate: a path or PEM.'),
    digest: withDefault(lineText(), 'sha256').describe('The digest of the fingerprint.'),
  }),
  examples: ["'*' tls.cert_info /dir/for/certs/cert.pem"],
  async run({ cert, digest }, { host }): Promise<Plain> {
    const found = await loadCertificate(host, cert);
    const extensions = extensionTexts(found.extensions);
    const names = (extensions['subjectAltName'] ?? '').split(', ').flatMap((entry) => {
      const name = /^(?:DNS|IP Address):(.*)$/s.exec(entry)?.[1];
      return name === undefined ? [] : [name];
    });
    return {
      fingerprint: prettyHex(fingerprintOf(found, digest)),
      subject: Object.fromEntries(opensslName(found.subject)),
      issuer: Object.fromEntries(opensslName(found.issuer)),
      serial_number: found.serial,
      not_before: found.notBefore.getTime() / 1000,
      not_after: found.notAfter.getTime() / 1000,
      extensions,
      ...('subjectAltName' in extensions ? { subject_alt_names: names } : {}),
      signature_algorithm: signatureName(found.signatureOid),
    };
  },
});

function fingerprintOf({ whole }: Certificate, digest: string): Buffer {
  try {
    return createHash(digest).update(whole).digest();
  } catch (cause) {
    throw failure(`${digest} is no digest`, cause);
  }
}

export const validate = defineFunction({
  name: 'tls.validate',
  summary: 'Whether a certificate is of an authority, valid now, and not in its list of revoked ones.',
  args: z.object({
    cert: text().describe('The certificate: a path or PEM.'),
    ca_name: caName,
    crl_file: optional(safeName('a path')).describe('The list of revoked certificates.'),
  }),
  examples: ["'*' tls.validate /etc/pki/koji/certs/test.crt koji /etc/pki/koji/crl.pem"],
  async run(args, context): Promise<Plain> {
    const found = await loadCertificate(context.host, args.cert);
    const { certificate } = placesOf({ ...args, cacert_path: undefined }, context);
    const authority = await loadCertificate(context.host, certificate);
    const error =
      complaintAbout(found, authority) ??
      complaintAbout(authority, authority) ??
      (await revocationComplaint(found, authority, { context, path: args.crl_file }));
    return error === undefined
      ? { valid: true }
      : { error, error_cert: wrapPem('CERTIFICATE', found.whole), valid: false };
  },
});

// The words are OpenSSL's.
function complaintAbout(found: Certificate, authority: Certificate): string | undefined {
  if (!found.issuer.whole.equals(authority.subject.whole)) return 'unable to get local issuer certificate';
  if (!isSignedBy(found, authority.publicKey)) return 'certificate signature failure';
  if (found.notBefore.getTime() > Date.now()) return 'certificate is not yet valid';
  return found.notAfter.getTime() < Date.now() ? 'certificate has expired' : undefined;
}

async function revocationComplaint(
  found: Certificate,
  authority: Certificate,
  { context, path }: { readonly context: FunctionContext; readonly path: string | undefined },
): Promise<string | undefined> {
  if (path === undefined) return 'unable to get certificate CRL';
  const list = await loadRevocations(context.host, path);
  if (!list.issuer.whole.equals(authority.subject.whole)) return 'unable to get certificate CRL';
  if (!isSignedBy(list, authority.publicKey)) return 'CRL signature failure';
  if (list.nextUpdate !== undefined && list.nextUpdate.getTime() < Date.now()) return 'CRL has expired';
  return list.revoked.some(({ serial }) => serial === found.serial) ? 'certificate revoked' : undefined;
}
