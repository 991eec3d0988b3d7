import type { Plain } from '@brine/common';
import { prettyHex } from './certificates.ts';
import { childAt, childrenOf, readDer, readOid, readTime, type DerNode } from './der.ts';
import { describeGeneralName, describeGeneralNames } from './describe-names.ts';
import { describePolicies } from './describe-policies.ts';
import { certificateExtensions, entryExtensions, listExtensions, type ExtensionKind } from './extensions.ts';
import { accessMethods, features, keyUsages, purposes, reasonFlags, type Extension } from './extension-values.ts';
import { relativeNameText } from './names.ts';
import { reasonCodes } from './revocation-values.ts';

type Described = Record<string, Plain>;

/** What extensions say, by the names they have in SLS files. */
export function describeExtensions(extensions: readonly Extension[]): Record<string, Described> {
  return describeKinds({ ...certificateExtensions, ...listExtensions }, extensions);
}

/** What the extensions of an entry of a revocation list say. */
export function describeEntryExtensions(extensions: readonly Extension[]): Record<string, Described> {
  return describeKinds(entryExtensions, extensions);
}

function describeKinds(
  kinds: Readonly<Record<string, ExtensionKind>>,
  extensions: readonly Extension[],
): Record<string, Described> {
  const found = Object.entries(kinds).flatMap(([name, { oid }]) => {
    const extension = extensions.find((each) => each.oid === oid);
    const describe = describers[name];
    if (extension === undefined || describe === undefined) return [];
    return [[name, { critical: extension.critical, ...describe(readDer(extension.value)) }] as const];
  });
  return Object.fromEntries(found);
}

const generalNames = (value: DerNode): Described => ({ value: describeGeneralNames(value) });
const wholeNumber = (value: DerNode): Described => ({ value: readNumber(value) });

const describers: Readonly<Record<string, (value: DerNode) => Described>> = {
  basicConstraints: describeConstraints,
  keyUsage: describeUsage,
  extendedKeyUsage: (value) => ({ value: childrenOf(value).map(({ content }) => wordOf(purposes, readOid(content))) }),
  subjectKeyIdentifier: ({ content }) => ({ value: prettyHex(content) }),
  authorityKeyIdentifier: describeAuthority,
  issuerAltName: generalNames,
  authorityInfoAccess: describeAccess,
  subjectAltName: generalNames,
  crlDistributionPoints: (value) => ({ value: childrenOf(value).map(describePoint) }),
  freshestCRL: (value) => ({ value: childrenOf(value).map(describePoint) }),
  issuingDistributionPoint: describeIssuingPoint,
  certificatePolicies: (value) => ({ value: describePolicies(value) }),
  policyConstraints: describePolicyConstraints,
  inhibitAnyPolicy: wholeNumber,
  nameConstraints: describeNameConstraints,
  noCheck: () => ({ value: true }),
  tlsfeature: (value) => ({
    value: childrenOf(value).map((each) => wordOf(features, readNumber(each))),
  }),
  cRLNumber: wholeNumber,
  deltaCRLIndicator: wholeNumber,
  certificateIssuer: generalNames,
  CRLReason: ({ content }) => ({ value: reasonCodes[content[0] ?? 0] ?? null }),
  invalidityDate: (value) => ({ value: momentText(readTime(value)) }),
};

/** A moment as Salt writes it, in UTC. */
export function momentText(moment: Date): string {
  return moment.toISOString().slice(0, 19).replace('T', ' ');
}

function wordOf<Key extends string | number>(words: ReadonlyMap<string, Key>, value: Key): string {
  return [...words].find(([, each]) => each === value)?.[0] ?? String(value);
}

function readNumber({ content }: DerNode): number {
  return Number(BigInt(`0x${content.toString('hex') || '0'}`));
}

function member(value: DerNode, tag: number): DerNode | undefined {
  return childrenOf(value).find((child) => (child.tag & 0x1f) === tag);
}

function bitsOf(content: Buffer): ReadonlySet<number> {
  const [unused = 0, ...bytes] = content;
  const count = bytes.length * 8 - unused;
  const isSet = (at: number): boolean => ((bytes[at >> 3] ?? 0) & (0x80 >> (at & 7))) !== 0;
  return new Set(Array.from({ length: count }, (_, at) => at).filter(isSet));
}

function describeConstraints(value: DerNode): Described {
  const parts = childrenOf(value);
  const length = parts.find(({ tag }) => tag === 0x02);
  const ca = parts.some(({ tag, content }) => tag === 0x01 && content[0] !== 0);
  return { ca, pathlen: length === undefined ? null : readNumber(length) };
}

function describeUsage({ content }: DerNode): Described {
  const bits = bitsOf(content);
  const agrees = bits.has(keyUsages.indexOf('keyAgreement'));
  const has = (word: string): boolean =>
    bits.has(keyUsages.indexOf(word)) && (agrees || !['encipherOnly', 'decipherOnly'].includes(word));
  return Object.fromEntries(
    keyUsages.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)).map((word) => [word, has(word)]),
  );
}

function describeAuthority(value: DerNode): Described {
  const [id, issuer, serial] = [member(value, 0), member(value, 1), member(value, 2)];
  return {
    keyid: id === undefined ? null : prettyHex(id.content),
    issuer: issuer === undefined ? null : describeGeneralNames(issuer),
    issuer_sn: serial === undefined ? null : prettyHex(BigInt(`0x${serial.content.toString('hex')}`)),
  };
}

function describeAccess(value: DerNode): Described {
  const rows = childrenOf(value).map((row) => {
    const place = childAt(row, 1);
    const text = describeGeneralName(place);
    // Salt shows addresses of the web without their kind here.
    return { [wordOf(accessMethods, readOid(childAt(row, 0).content))]: place.tag === 0x86 ? text.slice(4) : text };
  });
  return { value: rows };
}

function describePlace(point: DerNode | undefined): { fullname: string[]; relativename: string | null } {
  const [full, relative] = point === undefined ? [] : [member(point, 0), member(point, 1)];
  return {
    fullname: full === undefined ? [] : describeGeneralNames(full),
    relativename: relative === undefined ? null : relativeNameText(relative),
  };
}

function describeReasons(reasons: DerNode | undefined): string[] {
  if (reasons === undefined) return [];
  return [...bitsOf(reasons.content)].flatMap((bit) => reasonFlags[bit] ?? []).toSorted();
}

function describePoint(point: DerNode): Described {
  const [issuer, reasons] = [member(point, 2), member(point, 1)];
  const { fullname, relativename } = describePlace(member(point, 0));
  return {
    crlissuer: issuer === undefined ? [] : describeGeneralNames(issuer),
    fullname,
    reasons: describeReasons(reasons),
    relativename,
  };
}

function describeIssuingPoint(value: DerNode): Described {
  const isSet = (tag: number): boolean => (member(value, tag)?.content[0] ?? 0) !== 0;
  const { fullname, relativename } = describePlace(member(value, 0));
  return {
    fullname,
    // The misspelt name is Salt's.
    onysomereasons: describeReasons(member(value, 3)),
    relativename,
    onlyuser: isSet(1),
    onlyCA: isSet(2),
    onlyAA: isSet(5),
    indirectCRL: isSet(4),
  };
}

function describePolicyConstraints(value: DerNode): Described {
  const [explicit, inhibited] = [member(value, 0), member(value, 1)];
  return {
    inhibitPolicyMapping: inhibited === undefined ? null : readNumber(inhibited),
    requireExplicitPolicy: explicit === undefined ? null : readNumber(explicit),
  };
}

function describeNameConstraints(value: DerNode): Described {
  const names = (scope: DerNode | undefined): string[] =>
    scope === undefined ? [] : childrenOf(scope).map((tree) => describeGeneralName(childAt(tree, 0)));
  return { excluded: names(member(value, 1)), permitted: names(member(value, 0)) };
}
