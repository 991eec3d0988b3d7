import { AppError, pythonStr, type Dict } from '@brine/common';
import type { KeyObject } from 'node:crypto';
import type { Host, ReadHost } from '../../kit/index.ts';
import {
  issueCertificate,
  loadCertificate,
  randomSerial,
  readRequest,
  readSerial,
  type Certificate,
  type CertificateBody,
} from './certificates.ts';
import { readDer } from './der.ts';
import { buildExtensions, certificateExtensions, requestExtensions } from './extensions.ts';
import type { Extension, ExtensionSources } from './extension-values.ts';
import { isPair, loadBytes, loadPrivateKey, loadPublicKey, wrapPem } from './keys.ts';
import { readName, toName } from './names.ts';

/** A certificate that is to be: what it says, who signs it, and what of it was asked for by the user. */
export interface CertificatePlan {
  readonly body: CertificateBody;
  /** Absent for one that another minion signs. */
  readonly signingKey: KeyObject | undefined;
  /** The issuer's; absent for one that signs itself. */
  readonly signingCertificate: Certificate | undefined;
  readonly digest: string;
  readonly hasSerial: boolean;
  /** The private key of the certificate, when it was given. */
  readonly privateKey: KeyObject | undefined;
  /** The file that a copy goes to. */
  readonly copy: string | undefined;
}

function refuse(message: string): AppError {
  return new AppError({ code: 'state-failed', message });
}

/** Surroundings of planning. */
export interface PlanOptions {
  readonly host: ReadHost;
  readonly now: Date;
  /** Whether another minion has the key that signs. */
  readonly isRemote?: boolean;
}

/** Works out a certificate from arguments as Salt names them. Throws `state-failed`. */
export async function planCertificate(
  given: Dict,
  { host, now, isRemote = false }: PlanOptions,
): Promise<CertificatePlan> {
  const text = textMembers(given);
  const { signingKey, signingCertificate } = await loadSigner(text, { host, isRemote });
  const { publicKey, privateKey } = await findKeys(text, { host, signingKey, signingCertificate });
  const subject = toName(given.get('subject') ?? given);
  const serial = given.get('serial_number') ?? null;
  const sources: ExtensionSources = {
    publicKey,
    issuerKey: signingCertificate?.publicKey ?? publicKey,
    issuerCertificate: signingCertificate,
  };
  const own = buildExtensions(certificateExtensions, given, sources);
  const requested = await extensionsOfRequest(text('csr'), given, host);
  const days = readDays(text('days_valid'));
  const body = {
    serial: serial === null ? randomSerial() : readSerial(serial),
    issuer: signingCertificate === undefined ? subject : signingCertificate.subject.whole,
    subject,
    notBefore: moment(text('not_before')) ?? now,
    notAfter: moment(text('not_after')) ?? new Date(now.getTime() + days * 86_400_000),
    publicKey,
    extensions: [...own, ...requested.filter(({ oid }) => !own.some((each) => each.oid === oid))],
  };
  return {
    body,
    signingKey,
    signingCertificate,
    digest: (text('digest') ?? 'sha256').toLowerCase(),
    hasSerial: serial !== null,
    privateKey,
    copy: copyPath(text, body),
  };
}

function readDays(given: string | undefined): number {
  const days = Number(given ?? '365');
  if (!Number.isFinite(days)) throw refuse(`days_valid ${given ?? ''} is no number`);
  return days;
}

function copyPath(text: (key: string) => string | undefined, { serial, subject }: CertificateBody): string | undefined {
  const folder = text('copypath');
  if (folder === undefined) return undefined;
  const name = text('prepend_cn') === 'True' ? commonNameOf(subject) : undefined;
  if (name?.includes('/') === true) throw refuse(`${name} cannot be part of the name of a file`);
  return `${folder.replace(/\/+$/, '')}/${name === undefined ? '' : `${name}-`}${serial.toString(16)}.crt`;
}

function commonNameOf(subject: Buffer): string | undefined {
  const parts = readName(readDer(subject)).flat();
  return parts.find(([dotted]) => dotted === '2.5.4.3')?.[1];
}

async function loadSigner(
  text: (key: string) => string | undefined,
  { host, isRemote }: { readonly host: ReadHost; readonly isRemote: boolean },
): Promise<Pick<CertificatePlan, 'signingKey' | 'signingCertificate'>> {
  const [keySource, certificateSource] = [text('signing_private_key'), text('signing_cert')];
  if (isRemote) {
    if (certificateSource === undefined) throw refuse('The signing policy has no signing_cert to issue by');
    return { signingKey: undefined, signingCertificate: await loadCertificate(host, certificateSource) };
  }
  if (keySource === undefined) throw refuse('signing_private_key is required');
  const signingKey = await loadPrivateKey(host, keySource, text('signing_private_key_passphrase'));
  if (certificateSource === undefined) return { signingKey, signingCertificate: undefined };
  const signingCertificate = await loadCertificate(host, certificateSource);
  if (!isPair(signingCertificate.publicKey, signingKey))
    throw refuse("Signing private key does not match the certificate's public key");
  return { signingKey, signingCertificate };
}

interface Signer extends Pick<CertificatePlan, 'signingKey' | 'signingCertificate'> {
  readonly host: ReadHost;
}

/** The key that a certificate is for. Throws `state-failed` when nothing names one. */
export async function findKeys(
  text: (key: string) => string | undefined,
  { host, signingKey, signingCertificate }: Signer,
): Promise<Pick<CertificatePlan, 'privateKey'> & { readonly publicKey: KeyObject }> {
  const [ownKey, openKey, request] = [text('private_key'), text('public_key'), text('csr')];
  if (signingCertificate === undefined && signingKey !== undefined) {
    return { publicKey: signingKey, privateKey: ownKey === undefined ? undefined : signingKey };
  }
  if (ownKey !== undefined) {
    const privateKey = await loadPrivateKey(host, ownKey, text('private_key_passphrase'));
    return { publicKey: privateKey, privateKey };
  }
  const found = { privateKey: undefined };
  if (openKey !== undefined) return { ...found, publicKey: await loadPublicKey(host, openKey) };
  if (request !== undefined) return { ...found, publicKey: readRequest(await loadBytes(host, request)).publicKey };
  throw refuse(
    'This certificate is not self-signed (signing_cert is set) and thus needs public_key, private_key or csr to derive public key to sign',
  );
}

/** Signs what was planned, in DER, and keeps the copy that was asked for. Throws `state-failed`. */
export async function issuePlanned(plan: CertificatePlan, host: Host): Promise<Buffer> {
  if (plan.signingKey === undefined) throw refuse('signing_private_key is required');
  const made = issueCertificate(plan.body, plan.signingKey, plan.digest);
  if (plan.copy !== undefined)
    await host.files.write(plan.copy, Buffer.from(wrapPem('CERTIFICATE', made)), { mode: 0o600 });
  return made;
}

// What a policy or the user sets to null is left out although the request asks for it.
async function extensionsOfRequest(
  source: string | undefined,
  given: Dict,
  host: ReadHost,
): Promise<readonly Extension[]> {
  if (source === undefined) return [];
  const allowed = Object.entries(requestExtensions).filter(([name]) => given.get(name) !== null);
  const oids = new Set(allowed.map(([, { oid }]) => oid));
  return readRequest(await loadBytes(host, source)).extensions.filter(({ oid }) => oids.has(oid));
}

/** Reads members of a dict as text; what is missing or null is `undefined`. */
export function textMembers(given: Dict): (key: string) => string | undefined {
  return (key) => {
    const value = given.get(key);
    return value === undefined || value === null ? undefined : pythonStr(value);
  };
}

/** Reads a moment as Salt writes it, in UTC. Throws `state-failed`. */
export function moment(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const date = new Date(`${text.trim().replace(' ', 'T')}Z`);
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text.trim()) || Number.isNaN(date.getTime()))
    throw refuse(`time data '${text}' does not match format '%Y-%m-%d %H:%M:%S'`);
  return date;
}
