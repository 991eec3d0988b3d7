import { AppError, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import type { KeyObject } from 'node:crypto';
import type { ReadHost } from '../../kit/index.ts';
import { loadCertificate, readSerial, type Certificate } from './certificates.ts';
import { readDer } from './der.ts';
import { buildExtensions, entryExtensions, listExtensions } from './extensions.ts';
import type { Extension, ExtensionSources } from './extension-values.ts';
import { isPair, loadPrivateKey } from './keys.ts';
import { toName } from './names.ts';
import { moment, textMembers } from './plan-certificate.ts';
import { issueRevocations, type Revocation, type RevocationList } from './revocations.ts';

/** What a list is to say, as Salt names it. */
export interface RevocationsContent {
  readonly signing_private_key: string;
  readonly signing_private_key_passphrase: string | undefined;
  readonly signing_cert: string | undefined;
  readonly revoked: readonly Dict[];
  readonly include_expired: boolean;
  readonly days_valid: number;
  readonly digest: string;
  readonly extensions: Dict | undefined;
}

/** A list that is to be, and who signs it. */
export interface RevocationsPlan {
  readonly key: KeyObject;
  readonly issuer: Buffer;
  readonly revoked: readonly Revocation[];
  readonly extensions: readonly Extension[];
  /** Whether the list counts its issues by itself. */
  readonly counts: boolean;
  readonly sources: ExtensionSources;
}

export const numberOid = '2.5.29.20';

/** Works out a list from arguments as Salt names them. Throws `state-failed`. */
export async function planRevocations(wish: RevocationsContent, host: ReadHost): Promise<RevocationsPlan> {
  const key = await loadPrivateKey(host, wish.signing_private_key, wish.signing_private_key_passphrase);
  const certificate = wish.signing_cert === undefined ? undefined : await loadCertificate(host, wish.signing_cert);
  if (certificate !== undefined && !isPair(certificate.publicKey, key))
    throw refuse("Signing private key does not match the certificate's public key");
  const sources = { publicKey: key, issuerKey: key, issuerCertificate: certificate };
  const given: Dict = new Map(wish.extensions ?? []);
  const counts = given.get('cRLNumber') === 'auto';
  if (counts) given.delete('cRLNumber');
  const unknown = [...given.keys()].find((name) => !(pythonStr(name) in listExtensions));
  if (unknown !== undefined) throw refuse(`Unknown extension ${pythonStr(unknown)}`);
  const revoked = await Promise.all(wish.revoked.map((each) => toRevocation(each, { wish, sources }, host)));
  return {
    key,
    issuer: issuerOf(certificate),
    revoked: revoked.filter((each) => each !== undefined),
    extensions: buildExtensions(listExtensions, given, sources),
    counts,
    sources,
  };
}

function issuerOf(certificate: Certificate | undefined): Buffer {
  return certificate === undefined ? toName(new Map()) : certificate.subject.whole;
}

function refuse(message: string): AppError {
  return new AppError({ code: 'state-failed', message });
}

async function toRevocation(
  given: Dict,
  { wish, sources }: { readonly wish: RevocationsContent; readonly sources: ExtensionSources },
  host: ReadHost,
): Promise<Revocation | undefined> {
  const text = textMembers(given);
  const source = text('certificate');
  const certificate = source === undefined ? undefined : await loadCertificate(host, source);
  const ends = certificate?.notAfter ?? moment(text('not_after'));
  if (!wish.include_expired && ends !== undefined && ends.getTime() < Date.now()) return undefined;
  const extensions = given.get('extensions');
  return {
    serial: certificate?.serial ?? givenSerial(given.get('serial_number')),
    date: moment(text('revocation_date')) ?? new Date(),
    extensions: isDict(extensions) ? buildExtensions(entryExtensions, extensions, sources) : [],
  };
}

function givenSerial(serial: Value | undefined): bigint {
  if (serial === undefined || serial === null) throw refuse('Need serial_number or certificate');
  return readSerial(serial);
}

/** Makes the list, in DER; one that counts its issues follows the `current` one. */
export function issueList(
  wish: RevocationsContent,
  plan: RevocationsPlan,
  current: RevocationList | undefined,
): Buffer {
  const now = new Date();
  return issueRevocations(
    {
      issuer: plan.issuer,
      lastUpdate: now,
      nextUpdate: new Date(now.getTime() + wish.days_valid * 86_400_000),
      revoked: plan.revoked,
      extensions: [...plan.extensions, ...(plan.counts ? nextNumber(plan, current) : [])],
    },
    plan.key,
    wish.digest,
  );
}

function nextNumber({ sources }: RevocationsPlan, current: RevocationList | undefined): readonly Extension[] {
  const last = current?.extensions.find(({ oid }) => oid === numberOid);
  const number = last === undefined ? 1n : BigInt(`0x${readDer(last.value).content.toString('hex')}`) + 1n;
  return buildExtensions(listExtensions, new Map([['cRLNumber', number.toString()]]), sources);
}

/**
 * An entry of `revoked`. In the old form it is a dict with one list of dicts, and the reason stands beside the rest.
 */
export function toRevokedEntry(value: Value): Dict {
  const dicts = isDict(value) ? value : new Map<Value, Value>();
  const [first] = dicts.values();
  const flat: Dict =
    dicts.size === 1 && Array.isArray(first)
      ? new Map(first.filter(isDict).flatMap((item) => [...item]))
      : new Map(dicts);
  const reason = flat.get('reason');
  if (reason !== undefined && reason !== null) {
    flat.delete('reason');
    flat.set('extensions', new Map([['CRLReason', pythonStr(reason)]]));
  }
  return flat;
}
