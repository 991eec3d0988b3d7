import { pythonStr, type Value } from '@brine/common';
import { describeExtensions } from '../../providers/x509/describe-extensions.ts';
import { certificateExtensions } from '../../providers/x509/extensions.ts';
import type { Extension } from '../../providers/x509/extension-values.ts';

const usageWords: readonly (readonly [string, string])[] = [
  ['digitalSignature', 'Digital Signature'],
  ['nonRepudiation', 'Non Repudiation'],
  ['keyEncipherment', 'Key Encipherment'],
  ['dataEncipherment', 'Data Encipherment'],
  ['keyAgreement', 'Key Agreement'],
  ['keyCertSign', 'Certificate Sign'],
  ['cRLSign', 'CRL Sign'],
  ['encipherOnly', 'Encipher Only'],
  ['decipherOnly', 'Decipher Only'],
];
const purposeWords: ReadonlyMap<string, string> = new Map([
  ['serverAuth', 'TLS Web Server Authentication'],
  ['clientAuth', 'TLS Web Client Authentication'],
  ['codeSigning', 'Code Signing'],
  ['emailProtection', 'E-mail Protection'],
  ['timeStamping', 'Time Stamping'],
  ['OCSPSigning', 'OCSP Signing'],
]);

type Described = Readonly<Record<string, unknown>>;

const texts: Readonly<Record<string, (value: Described) => string>> = {
  basicConstraints: ({ ca, pathlen }) =>
    `CA:${ca === true ? 'TRUE' : 'FALSE'}${typeof pathlen === 'number' ? `, pathlen:${pathlen}` : ''}`,
  keyUsage: (value) => usageWords.flatMap(([word, shown]) => (value[word] === true ? [shown] : [])).join(', '),
  extendedKeyUsage: ({ value }) =>
    listOf(value)
      .map((word) => purposeWords.get(word) ?? word)
      .join(', '),
  subjectKeyIdentifier: ({ value }) => textOf(value),
  authorityKeyIdentifier: ({ keyid, issuer, issuer_sn: serial }) => {
    const alone = issuer === null && serial === null;
    const lines = [
      ...(keyid === null ? [] : [alone ? textOf(keyid) : `keyid:${textOf(keyid)}`]),
      ...listOf(issuer).map((name) => name.replace(/^dirName:/, 'DirName:')),
      ...(serial === null ? [] : [`serial:${textOf(serial)}`]),
    ];
    return lines.join('\n');
  },
  subjectAltName: ({ value }) => names(value),
  issuerAltName: ({ value }) => names(value),
};

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map((item) => pythonStr(item as Value)) : [];
}

function names(value: unknown): string {
  return listOf(value)
    .map((name) =>
      name
        .replace(/^IP:/, 'IP Address:')
        .replace(/^mail:/, 'email:')
        .replace(/^dirName:/, 'DirName:'),
    )
    .join(', ');
}

/** Extensions as texts much as OpenSSL prints them, by its names; of those it has no text for here, their bytes in hex. */
export function extensionTexts(extensions: readonly Extension[]): Record<string, string> {
  const described = describeExtensions(extensions);
  const kinds = Object.entries(certificateExtensions);
  return Object.fromEntries(
    extensions.map(({ oid, value }) => {
      const name = kinds.find(([, kind]) => kind.oid === oid)?.[0];
      const [told, toText] = name === undefined ? [] : [described[name], texts[name]];
      return [name ?? oid, told === undefined || toText === undefined ? value.toString('hex') : toText(told)];
    }),
  );
}
