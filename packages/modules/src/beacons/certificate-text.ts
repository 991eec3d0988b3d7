import type { Dict } from '@brine/common';
import type { ReadHost } from '../kit/host.ts';
import { payload } from './beacon.ts';

/** What Node does not tell of a certificate. */
export interface CertificateText {
  /** Counted from 0, as in the certificate. */
  readonly version: number;
  readonly signatureAlgorithm: string;
  readonly extensions: readonly Dict[];
}

const shortNames: Readonly<Record<string, string>> = {
  'X509v3 Basic Constraints': 'basicConstraints',
  'X509v3 Key Usage': 'keyUsage',
  'X509v3 Extended Key Usage': 'extendedKeyUsage',
  'X509v3 Subject Key Identifier': 'subjectKeyIdentifier',
  'X509v3 Authority Key Identifier': 'authorityKeyIdentifier',
  'X509v3 Subject Alternative Name': 'subjectAltName',
  'X509v3 Issuer Alternative Name': 'issuerAltName',
  'X509v3 Certificate Policies': 'certificatePolicies',
  'X509v3 CRL Distribution Points': 'crlDistributionPoints',
  'X509v3 Name Constraints': 'nameConstraints',
  'Authority Information Access': 'authorityInfoAccess',
  'CT Precertificate SCTs': 'ct_precert_scts',
  'Netscape Comment': 'nsComment',
  'Netscape Cert Type': 'nsCertType',
};

const none: CertificateText = { version: 2, signatureAlgorithm: '', extensions: [] };

/** Has `openssl` read a certificate; without it these members stay empty. */
export async function readCertificateText(host: ReadHost, file: string): Promise<CertificateText> {
  const program = await host.which('openssl');
  if (program === undefined) return none;
  const { exitCode, stdout } = await host.inspect({ command: [program, 'x509', '-in', file, '-noout', '-text'] });
  if (exitCode !== 0) return none;
  return {
    version: Number(/Version: (\d+)/.exec(stdout)?.[1] ?? 3) - 1,
    signatureAlgorithm: /Signature Algorithm: (\S+)/.exec(stdout)?.[1] ?? '',
    extensions: readExtensions(stdout),
  };
}

function readExtensions(text: string): readonly Dict[] {
  const [, part = ''] = /\n {8}X509v3 extensions:\n([\s\S]*?)(?=\n {4}\S|$)/.exec(text) ?? [];
  const found: { readonly name: string; readonly lines: string[] }[] = [];
  for (const line of part.split('\n')) {
    const head = /^ {12}(\S[^:]*):/.exec(line);
    if (head !== null) found.push({ name: head[1] ?? '', lines: [] });
    else if (line.trim() !== '') found.at(-1)?.lines.push(line.trim());
  }
  return found.map(({ name, lines }) =>
    payload(['ext_name', shortNames[name] ?? name], ['ext_data', lines.join('\n')]),
  );
}
