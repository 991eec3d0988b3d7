import { createHash, type KeyObject } from 'node:crypto';
import { AppError, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import {
  childAt,
  der,
  derBoolean,
  derInteger,
  ia5,
  inner,
  integerBytes,
  namedBits,
  octets,
  oid,
  primitive,
  readDer,
  sequence,
  type DerNode,
} from './der.ts';
import { readConfiguration, toGeneralNames } from './general-names.ts';
import { publicBytes } from './keys.ts';
import { toRelativeName } from './names.ts';

/** An extension: its object identifier, whether it is critical, and its value in DER. */
export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Buffer;
}

/** What of the certificate and its issuer extensions are made of. */
export interface ExtensionSources {
  readonly publicKey: KeyObject;
  /** The issuer's, or the subject's own. */
  readonly issuerKey: KeyObject;
  readonly issuerCertificate?:
    | { readonly issuer: DerNode; readonly serial: bigint; readonly extensions: readonly Extension[] }
    | undefined;
}

/** Makes the value of one kind of extension. Throws `state-failed` for what cannot be such. */
export type ExtensionBuilder = (
  value: Value,
  sources: ExtensionSources,
) => { readonly critical: boolean; readonly value: Buffer };

export function refuse(message: string): never {
  throw new AppError({ code: 'state-failed', message });
}

export function isCritical(value: Value): boolean {
  if (isDict(value)) return value.get('critical') === true;
  if (Array.isArray(value)) return value.includes('critical');
  return pythonStr(value)
    .split(',')
    .some((item) => item.trim() === 'critical');
}

function members(value: Value): ReadonlyMap<string, Value> {
  if (isDict(value)) return new Map([...value].map(([key, item]) => [pythonStr(key), item]));
  return readConfiguration(pythonStr(value)).members;
}

export function words(value: Value): readonly string[] {
  const items = Array.isArray(value) ? value.map((item) => pythonStr(item)) : pythonStr(value).split(',');
  return items.map((item) => item.trim()).filter((item) => item !== '' && item !== 'critical');
}

/** The key identifier of RFC 5280: the SHA-1 of the public key's bits. */
export function keyIdentifier(key: KeyObject): Buffer {
  const info = readDer(publicBytes(key));
  return createHash('sha1').update(childAt(info, 1).content.subarray(1)).digest();
}

export const basicConstraints: ExtensionBuilder = (value) => {
  const given = new Map([...members(value)].map(([key, item]) => [key.toLowerCase(), pythonStr(item).toLowerCase()]));
  const ca = given.get('ca');
  if (ca === undefined) return refuse("Undefined required key for basicConstraints: 'ca'");
  const pathLength = given.get('pathlen');
  const isAuthority = ca === 'true';
  if (pathLength !== undefined && !isAuthority && pathLength !== 'none')
    return refuse('path_length must be None when ca is False');
  const parts = [
    ...(isAuthority ? [derBoolean(true)] : []),
    ...(pathLength === undefined || pathLength === 'none' ? [] : [derInteger(BigInt(pathLength))]),
  ];
  return { critical: isCritical(value), value: sequence(...parts) };
};

export const keyUsages = [
  ...['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'dataEncipherment', 'keyAgreement'],
  ...['keyCertSign', 'cRLSign', 'encipherOnly', 'decipherOnly'],
];

export const keyUsage: ExtensionBuilder = (value) => {
  const given = words(value);
  const unknown = given.find((word) => !keyUsages.includes(word));
  if (unknown !== undefined) return refuse(`keyUsage ${unknown} is none of ${keyUsages.join(', ')}`);
  return { critical: isCritical(value), value: namedBits(given.map((word) => keyUsages.indexOf(word))) };
};

export const purposes: ReadonlyMap<string, string> = new Map([
  ['serverAuth', '1.3.6.1.5.5.7.3.1'],
  ['clientAuth', '1.3.6.1.5.5.7.3.2'],
  ['codeSigning', '1.3.6.1.5.5.7.3.3'],
  ['emailProtection', '1.3.6.1.5.5.7.3.4'],
  ['timeStamping', '1.3.6.1.5.5.7.3.8'],
  ['OCSPSigning', '1.3.6.1.5.5.7.3.9'],
  ['msSmartcardLogin', '1.3.6.1.4.1.311.20.2.2'],
  ['pkInitKDC', '1.3.6.1.5.2.3.5'],
  ['ipsecIKE', '1.3.6.1.5.5.7.3.17'],
  ['msCodeInd', '1.3.6.1.4.1.311.2.1.21'],
  ['msCodeCom', '1.3.6.1.4.1.311.2.1.22'],
  ['msCTLSign', '1.3.6.1.4.1.311.10.3.1'],
  ['msEFS', '1.3.6.1.4.1.311.10.3.4'],
]);

export const extendedKeyUsage: ExtensionBuilder = (value) => ({
  critical: isCritical(value),
  value: sequence(...words(value).map((word) => oid(purposes.get(word) ?? word))),
});

export const subjectKeyIdentifier: ExtensionBuilder = (value, { publicKey }) => {
  if (isCritical(value)) return refuse('subjectKeyIdentifier must be marked as non-critical');
  const text = pythonStr(value);
  if (text === 'hash') return { critical: false, value: octets(keyIdentifier(publicKey)) };
  const hex = text.replaceAll(':', '');
  if (!/^([0-9a-fA-F]{2})+$/.test(hex)) return refuse('Value must be precomputed hash');
  return { critical: false, value: octets(Buffer.from(hex, 'hex')) };
};

export const subjectKeyOid = '2.5.29.14';

export const authorityKeyIdentifier: ExtensionBuilder = (value, { issuerKey, issuerCertificate }) => {
  if (isCritical(value)) return refuse('authorityKeyIdentifier must be marked as non-critical');
  const given = members(value);
  const own = issuerCertificate?.extensions.find((each) => each.oid === subjectKeyOid);
  const id = own === undefined ? keyIdentifier(issuerKey) : readDer(own.value).content;
  const wantsId = given.has('keyid');
  const issuer = given.get('issuer');
  if (issuer === 'always' && issuerCertificate === undefined)
    return refuse('Could not add authority_cert_issuer and authority_cert_serial_number, but was set to always.');
  const names = issuer === 'always' || (issuer !== undefined && !wantsId) ? issuerCertificate : undefined;
  const parts = [
    ...(wantsId ? [primitive(0, id)] : []),
    ...(names === undefined ? [] : [inner(1, der(0xa4, names.issuer.whole)), primitive(2, integerBytes(names.serial))]),
  ];
  return { critical: false, value: sequence(...parts) };
};

export const alternativeNames: ExtensionBuilder = (value) => ({
  critical: isCritical(value),
  value: sequence(...toGeneralNames(value)),
});

export const accessMethods: ReadonlyMap<string, string> = new Map([
  ['OCSP', '1.3.6.1.5.5.7.48.1'],
  ['caIssuers', '1.3.6.1.5.5.7.48.2'],
  ['caRepository', '1.3.6.1.5.5.7.48.5'],
]);

export const authorityInfoAccess: ExtensionBuilder = (value) => {
  const pairs = isDict(value)
    ? [...value]
    : Array.isArray(value)
      ? value.filter(isDict).flatMap((item) => [...item])
      : words(value).map((item): [Value, Value] => {
          const [method = '', ...name] = item.split(';');
          return [method, name.join(';')];
        });
  const rows = pairs
    .filter(([method]) => method !== 'critical')
    .map(([method, name]) => {
      const word = pythonStr(method);
      return sequence(oid(accessMethods.get(word) ?? word), ...toGeneralNames([name]));
    });
  return { critical: false, value: sequence(...rows) };
};

export const reasonFlags = [
  ...['unused', 'keyCompromise', 'cACompromise', 'affiliationChanged', 'superseded'],
  ...['cessationOfOperation', 'certificateHold', 'privilegeWithdrawn', 'aACompromise'],
];

export const distributionPoints: ExtensionBuilder = (value) => {
  const items = typeof value === 'string' ? words(value) : Array.isArray(value) ? value : [value];
  const points = items.filter((item) => item !== 'critical').map((item) => distributionPoint(item));
  return { critical: isCritical(value), value: sequence(...points) };
};

function distributionPoint(item: Value): Buffer {
  if (!isDict(item) || !['fullname', 'relativename', 'crlissuer', 'reasons'].some((key) => item.has(key)))
    return sequence(inner(0, inner(0, ...toGeneralNames([item]))));
  const issuer = item.get('crlissuer') ?? null;
  return sequence(
    ...distributionPlace(item),
    ...reasonBits(1, item.get('reasons')),
    ...(issuer === null ? [] : [inner(2, ...toGeneralNames(issuer))]),
  );
}

/** Where a list is: `fullname`, or `relativename`. */
export function distributionPlace(item: Dict): readonly Buffer[] {
  const [full, relative] = [item.get('fullname') ?? null, item.get('relativename') ?? null];
  if (full !== null) return [inner(0, inner(0, ...toGeneralNames(full)))];
  return relative === null ? [] : [inner(0, inner(1, readDer(toRelativeName(pythonStr(relative))).content))];
}

/** Reasons as named bits under a tag. */
export function reasonBits(tag: number, given: Value | undefined): readonly Buffer[] {
  if (given === undefined || given === null) return [];
  const positions = words(given).map((word) => {
    const at = reasonFlags.indexOf(word);
    return at > 0 ? at : refuse(`'${word}' is not a valid ReasonFlags`);
  });
  return [primitive(tag, readDer(namedBits(positions)).content)];
}

export const practiceStatement = '1.3.6.1.5.5.7.2.1';
const userNotice = '1.3.6.1.5.5.7.2.2';

export const certificatePolicies: ExtensionBuilder = (value) => {
  if (!isDict(value))
    return { critical: isCritical(value), value: sequence(...words(value).map((word) => sequence(oid(word)))) };
  const rows = [...value]
    .filter(([policy]) => policy !== 'critical')
    .map(([policy, qualifiers]) => {
      const given = Array.isArray(qualifiers) ? qualifiers : qualifiers === null ? [] : [qualifiers];
      const list = given.map(toQualifier);
      return sequence(oid(pythonStr(policy)), ...(list.length === 0 ? [] : [sequence(...list)]));
    });
  return { critical: isCritical(value), value: sequence(...rows) };
};

function toQualifier(qualifier: Value): Buffer {
  if (!isDict(qualifier)) return sequence(oid(practiceStatement), ia5(pythonStr(qualifier)));
  const [organization, numbers, text] = ['organization', 'noticeNumbers', 'text'].map((key) => qualifier.get(key));
  const utf = (value: Value): Buffer => der(0x0c, Buffer.from(pythonStr(value), 'utf8'));
  const reference = Array.isArray(numbers)
    ? [sequence(utf(organization ?? ''), sequence(...numbers.map((number) => derInteger(BigInt(pythonStr(number))))))]
    : [];
  return sequence(oid(userNotice), sequence(...reference, ...(text === undefined || text === null ? [] : [utf(text)])));
}

export const policyConstraints: ExtensionBuilder = (value) => {
  const given = members(value);
  const part = (key: string, number: number): readonly Buffer[] => {
    const count = given.get(key);
    return count === undefined ? [] : [primitive(number, integerBytes(BigInt(pythonStr(count))))];
  };
  return {
    critical: isCritical(value),
    value: sequence(...part('requireExplicitPolicy', 0), ...part('inhibitPolicyMapping', 1)),
  };
};

export const inhibitAnyPolicy: ExtensionBuilder = (value) => {
  const count = isDict(value) ? value.get('value') : words(value)[0];
  if (count === undefined || count === null) return refuse("Undefined required key for inhibitAnyPolicy: 'value'");
  return { critical: isCritical(value), value: derInteger(BigInt(pythonStr(count))) };
};

export const nameConstraints: ExtensionBuilder = (value) => {
  const scope = (name: string, number: number): readonly Buffer[] => {
    const list = isDict(value)
      ? value.get(name)
      : words(value).flatMap((item) => (item.startsWith(`${name};`) ? [item.slice(name.length + 1)] : []));
    const names = list === undefined || list === null ? [] : toGeneralNames(list);
    return names.length === 0 ? [] : [inner(number, ...names.map((each) => sequence(each)))];
  };
  const parts = [...scope('permitted', 0), ...scope('excluded', 1)];
  if (parts.length === 0) return refuse('nameConstraints needs at least one definition');
  return { critical: isCritical(value), value: sequence(...parts) };
};

export const features: ReadonlyMap<string, number> = new Map([
  ['status_request', 5],
  ['status_request_v2', 17],
]);

export const tlsFeature: ExtensionBuilder = (value) => ({
  critical: isCritical(value),
  value: sequence(
    ...words(value).map((word) => derInteger(features.get(word) ?? refuse(`TLS feature ${word} is unknown`))),
  ),
});

export const noCheck: ExtensionBuilder = (value) => ({ critical: isCritical(value), value: der(0x05) });
