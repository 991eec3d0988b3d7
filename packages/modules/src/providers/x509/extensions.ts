import type { Dict } from '@brine/common';
import { derBoolean, octets, oid, sequence } from './der.ts';
import {
  alternativeNames,
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  certificatePolicies,
  distributionPoints,
  extendedKeyUsage,
  inhibitAnyPolicy,
  keyUsage,
  nameConstraints,
  noCheck,
  policyConstraints,
  subjectKeyIdentifier,
  subjectKeyOid,
  tlsFeature,
  type Extension,
  type ExtensionBuilder,
  type ExtensionSources,
} from './extension-values.ts';
import {
  crlReason,
  deltaIndicator,
  invalidityDate,
  issuerNames,
  issuingDistributionPoint,
  wholeNumber,
} from './revocation-values.ts';

/** A kind of extension: its names in SLS files, the name Salt tells changes by, and how it is made. */
export interface ExtensionKind {
  readonly oid: string;
  /** What `changes` call it. */
  readonly title: string;
  readonly aliases: readonly string[];
  readonly build: ExtensionBuilder;
}

function kind(dotted: string, title: string, build: ExtensionBuilder, ...aliases: readonly string[]): ExtensionKind {
  return { oid: dotted, title, aliases, build };
}

/** Extensions of certificates by their names in SLS files, in the order they are written. */
export const certificateExtensions: Readonly<Record<string, ExtensionKind>> = {
  basicConstraints: kind('2.5.29.19', 'basicConstraints', basicConstraints, 'X509v3 Basic Constraints'),
  keyUsage: kind('2.5.29.15', 'keyUsage', keyUsage, 'X509v3 Key Usage'),
  extendedKeyUsage: kind('2.5.29.37', 'extendedKeyUsage', extendedKeyUsage, 'X509v3 Extended Key Usage'),
  subjectKeyIdentifier: kind(
    subjectKeyOid,
    'subjectKeyIdentifier',
    subjectKeyIdentifier,
    'X509v3 Subject Key Identifier',
  ),
  authorityKeyIdentifier: kind(
    '2.5.29.35',
    'authorityKeyIdentifier',
    authorityKeyIdentifier,
    'X509v3 Authority Key Identifier',
  ),
  issuerAltName: kind('2.5.29.18', 'issuerAltName', issuerNames, 'X509v3 Issuer Alternative Name', 'issuserAltName'),
  authorityInfoAccess: kind(
    '1.3.6.1.5.5.7.1.1',
    'authorityInfoAccess',
    authorityInfoAccess,
    'Authority Information Access',
  ),
  subjectAltName: kind('2.5.29.17', 'subjectAltName', alternativeNames, 'X509v3 Subject Alternative Name'),
  crlDistributionPoints: kind(
    '2.5.29.31',
    'cRLDistributionPoints',
    distributionPoints,
    'X509v3 CRL Distribution Points',
  ),
  certificatePolicies: kind('2.5.29.32', 'certificatePolicies', certificatePolicies, 'X509v3 Certificate Policies'),
  policyConstraints: kind('2.5.29.36', 'policyConstraints', policyConstraints, 'X509v3 Policy Constraints'),
  inhibitAnyPolicy: kind('2.5.29.54', 'inhibitAnyPolicy', inhibitAnyPolicy, 'X509v3 Inhibit Any Policy'),
  nameConstraints: kind('2.5.29.30', 'nameConstraints', nameConstraints, 'X509v3 Name Constraints'),
  noCheck: kind('1.3.6.1.5.5.7.48.1.5', 'OCSPNoCheck', noCheck, 'OCSP No Check'),
  tlsfeature: kind('1.3.6.1.5.5.7.1.24', 'TLSFeature', tlsFeature, 'TLS Feature'),
};

/** Extensions of lists of revoked certificates. */
export const listExtensions: Readonly<Record<string, ExtensionKind>> = {
  authorityKeyIdentifier: kind('2.5.29.35', 'authorityKeyIdentifier', authorityKeyIdentifier),
  authorityInfoAccess: kind('1.3.6.1.5.5.7.1.1', 'authorityInfoAccess', authorityInfoAccess),
  cRLNumber: kind('2.5.29.20', 'cRLNumber', wholeNumber),
  deltaCRLIndicator: kind('2.5.29.27', 'deltaCRLIndicator', deltaIndicator),
  freshestCRL: kind('2.5.29.46', 'freshestCRL', distributionPoints),
  issuerAltName: kind('2.5.29.18', 'issuerAltName', issuerNames),
  issuingDistributionPoint: kind('2.5.29.28', 'issuingDistributionPoint', issuingDistributionPoint),
};

/** Extensions of the entries of such lists. */
export const entryExtensions: Readonly<Record<string, ExtensionKind>> = {
  certificateIssuer: kind('2.5.29.29', 'certificateIssuer', issuerNames),
  CRLReason: kind('2.5.29.21', 'cRLReason', crlReason),
  invalidityDate: kind('2.5.29.24', 'invalidityDate', invalidityDate),
};

/** Makes the extensions that are given, in the order of their kinds; `null` leaves one out. */
export function buildExtensions(
  kinds: Readonly<Record<string, ExtensionKind>>,
  given: Dict,
  sources: ExtensionSources,
): readonly Extension[] {
  return Object.entries(kinds).flatMap(([name, { oid: dotted, aliases, build }]) => {
    const value = [name, ...aliases].map((key) => given.get(key)).find((each) => each !== undefined);
    return value === undefined || value === null ? [] : [{ oid: dotted, ...build(value, sources) }];
  });
}

/** An extension in DER. */
export function encodeExtension({ oid: dotted, critical, value }: Extension): Buffer {
  return sequence(oid(dotted), ...(critical ? [derBoolean(true)] : []), octets(value));
}

const notInRequests = new Set([
  'authorityInfoAccess',
  'authorityKeyIdentifier',
  'issuerAltName',
  'crlDistributionPoints',
]);

/** Extensions of requests: those of certificates that are not the issuer's to say. */
export const requestExtensions: Readonly<Record<string, ExtensionKind>> = Object.fromEntries(
  Object.entries(certificateExtensions).filter(([name]) => !notInRequests.has(name)),
);
