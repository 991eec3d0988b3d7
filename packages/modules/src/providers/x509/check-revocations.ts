import { AppError, isAppError, isDict, pythonStr, type Changes, type CheckOutcome, type Dict } from '@brine/common';
import type { KeyObject } from 'node:crypto';
import type { Host, ReadHost, StateContext } from '../../kit/index.ts';
import type { FileWish } from '../files/file-arguments.ts';
import { omitAbsent } from '../omit-absent.ts';
import { loadCertificate, prettyHex, readSerial, type Certificate } from './certificates.ts';
import { areSameExtensions, compareExtensions } from './compare-extensions.ts';
import { readDer } from './der.ts';
import { buildExtensions, entryExtensions, listExtensions } from './extensions.ts';
import type { Extension, ExtensionSources } from './extension-values.ts';
import { digestOf, encodingOf, isPair, isSignedBy, loadPrivateKey, wrapPem } from './keys.ts';
import { nameText, toName } from './names.ts';
import { moment, textMembers } from './plan-certificate.ts';
import { issueRevocations, readRevocations, type Revocation, type RevocationList } from './revocations.ts';
import { settleFile } from './settle-file.ts';

/** `x509.crl_managed` as an SLS file describes it. */
export interface RevocationsWish extends FileWish {
  readonly signing_private_key: string;
  readonly signing_private_key_passphrase: string | undefined;
  readonly signing_cert: string | undefined;
  readonly revoked: readonly Dict[];
  readonly include_expired: boolean;
  readonly days_remaining: number;
  readonly days_valid: number;
  readonly digest: string;
  readonly encoding: 'pem' | 'der';
  readonly extensions: Dict | undefined;
}

interface Plan {
  readonly key: KeyObject;
  readonly issuer: Buffer;
  readonly revoked: readonly Revocation[];
  readonly extensions: readonly Extension[];
  /** Whether the list counts its issues by itself. */
  readonly counts: boolean;
  readonly sources: ExtensionSources;
}

const numberOid = '2.5.29.20';

/** Compares a list of revoked certificates with what is asked for. Throws `state-failed`. */
export async function checkRevocations(wish: RevocationsWish, context: StateContext): Promise<CheckOutcome<Host>> {
  const plan = await planRevocations(wish, context.host);
  const found = await context.host.files.read(wish.name);
  const bytes = found === undefined ? undefined : Buffer.from(found);
  const current = bytes === undefined ? undefined : readOrUndefined(bytes);
  const noun = 'certificate revocation list';
  const make = (): Buffer => encode(wish, issue(wish, plan, current));
  if (bytes === undefined || current === undefined) {
    const changes: Changes = bytes === undefined ? { created: wish.name } : { replaced: wish.name };
    return settleFile(wish, { noun, changes, exists: false, make }, context);
  }
  const encoding = encodingOf(bytes) === wish.encoding ? undefined : wish.encoding;
  const content = compareList(wish, plan, current);
  const again = (): Buffer => encode(wish, current.whole);
  const changes = omitAbsent({ encoding, ...content }) as Changes;
  const isOnlyEncoded = Object.keys(content).length === 0;
  return settleFile(wish, { noun, changes, exists: true, make: isOnlyEncoded ? again : make }, context);
}

function encode({ encoding }: RevocationsWish, content: Buffer): Buffer {
  return encoding === 'der' ? content : Buffer.from(wrapPem('X509 CRL', content));
}

async function planRevocations(wish: RevocationsWish, host: ReadHost): Promise<Plan> {
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
  { wish, sources }: { readonly wish: RevocationsWish; readonly sources: ExtensionSources },
  host: ReadHost,
): Promise<Revocation | undefined> {
  const text = textMembers(given);
  const source = text('certificate');
  const certificate = source === undefined ? undefined : await loadCertificate(host, source);
  const ends = certificate?.notAfter ?? moment(text('not_after'));
  if (!wish.include_expired && ends !== undefined && ends.getTime() < Date.now()) return undefined;
  const extensions = given.get('extensions');
  return {
    serial: certificate?.serial ?? givenSerial(text('serial_number')),
    date: moment(text('revocation_date')) ?? new Date(),
    extensions: isDict(extensions) ? buildExtensions(entryExtensions, extensions, sources) : [],
  };
}

function givenSerial(text: string | undefined): bigint {
  if (text === undefined) throw refuse('Need serial_number or certificate');
  return readSerial(text);
}

function readOrUndefined(bytes: Buffer): RevocationList | undefined {
  try {
    return readRevocations(bytes);
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return undefined;
  }
}

function compareList(wish: RevocationsWish, plan: Plan, current: RevocationList): Record<string, unknown> {
  const digest = digestOf(current.signatureOid);
  const limit = Date.now() + wish.days_remaining * 86_400_000;
  const isEnding =
    wish.days_remaining !== 0 && current.nextUpdate !== undefined && current.nextUpdate.getTime() < limit;
  const currentExtensions = plan.counts
    ? current.extensions.filter(({ oid }) => oid !== numberOid)
    : current.extensions;
  return omitAbsent({
    digest: digest === undefined || digest === wish.digest.toLowerCase() ? undefined : wish.digest,
    expiration: isEnding ? true : undefined,
    issuer_name: current.issuer.whole.equals(plan.issuer) ? undefined : nameText(readDer(plan.issuer)),
    public_key: isSignedBy(current, plan.key) ? undefined : true,
    revocations: compareRevocations(current.revoked, plan.revoked),
    extensions: compareExtensions(currentExtensions, plan.extensions),
  });
}

function compareRevocations(
  current: readonly Revocation[],
  wanted: readonly Revocation[],
): { added: string[]; changed: string[]; removed: string[] } | undefined {
  const find = (list: readonly Revocation[], serial: bigint): Revocation | undefined =>
    list.find((each) => each.serial === serial);
  const shown = (list: readonly Revocation[]): string[] => list.map(({ serial }) => prettyHex(serial));
  const changes = {
    added: shown(wanted.filter(({ serial }) => find(current, serial) === undefined)),
    changed: shown(
      wanted.filter((each) => {
        const old = find(current, each.serial);
        return old !== undefined && !areSameExtensions(old.extensions, each.extensions);
      }),
    ),
    removed: shown(current.filter(({ serial }) => find(wanted, serial) === undefined)),
  };
  return Object.values(changes).every((list) => list.length === 0) ? undefined : changes;
}

function issue(wish: RevocationsWish, plan: Plan, current: RevocationList | undefined): Buffer {
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

function nextNumber({ sources }: Plan, current: RevocationList | undefined): readonly Extension[] {
  const last = current?.extensions.find(({ oid }) => oid === numberOid);
  const number = last === undefined ? 1n : BigInt(`0x${readDer(last.value).content.toString('hex')}`) + 1n;
  return buildExtensions(listExtensions, new Map([['cRLNumber', number.toString()]]), sources);
}
