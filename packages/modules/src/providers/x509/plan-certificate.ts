import { AppError, pythonStr, type Dict } from '@brine/common';
import type { KeyObject } from 'node:crypto';
import type { ReadHost } from '../../kit/index.ts';
import {
  loadCertificate,
  randomSerial,
  readRequest,
  readSerial,
  type Certificate,
  type CertificateBody,
} from './certificates.ts';
import { buildExtensions, certificateExtensions, requestExtensions } from './extensions.ts';
import type { Extension, ExtensionSources } from './extension-values.ts';
import { isPair, loadBytes, loadPrivateKey, loadPublicKey } from './keys.ts';
import { toName } from './names.ts';

/** A certificate that is to be: what it says, who signs it, and what of it was asked for by the user. */
export interface CertificatePlan {
  readonly body: CertificateBody;
  readonly signingKey: KeyObject;
  /** The issuer's; absent for one that signs itself. */
  readonly signingCertificate: Certificate | undefined;
  readonly digest: string;
  readonly hasSerial: boolean;
}

function refuse(message: string): AppError {
  return new AppError({ code: 'state-failed', message });
}

/** Works out a certificate from arguments as Salt names them. Throws `state-failed`. */
export async function planCertificate(given: Dict, host: ReadHost, now: Date): Promise<CertificatePlan> {
  const text = textMembers(given);
  const { signingKey, signingCertificate } = await loadSigner(text, host);
  const publicKey = signingCertificate === undefined ? signingKey : await findPublicKey(text, host);
  const subject = toName(given.get('subject') ?? given);
  const serial = text('serial_number');
  const sources: ExtensionSources = { publicKey, issuerKey: signingKey, issuerCertificate: signingCertificate };
  const own = buildExtensions(certificateExtensions, given, sources);
  const requested = await extensionsOfRequest(text('csr'), given, host);
  const days = Number(text('days_valid') ?? '365');
  return {
    body: {
      serial: serial === undefined ? randomSerial() : readSerial(serial),
      issuer: signingCertificate === undefined ? subject : signingCertificate.subject.whole,
      subject,
      notBefore: moment(text('not_before')) ?? now,
      notAfter: moment(text('not_after')) ?? new Date(now.getTime() + days * 86_400_000),
      publicKey,
      extensions: [...own, ...requested.filter(({ oid }) => !own.some((each) => each.oid === oid))],
    },
    signingKey,
    signingCertificate,
    digest: (text('digest') ?? 'sha256').toLowerCase(),
    hasSerial: serial !== undefined,
  };
}

async function loadSigner(
  text: (key: string) => string | undefined,
  host: ReadHost,
): Promise<{ readonly signingKey: KeyObject; readonly signingCertificate: Certificate | undefined }> {
  const [keySource, certificateSource] = [text('signing_private_key'), text('signing_cert')];
  if (keySource === undefined) throw refuse('signing_private_key is required');
  const signingKey = await loadPrivateKey(host, keySource, text('signing_private_key_passphrase'));
  if (certificateSource === undefined) return { signingKey, signingCertificate: undefined };
  const signingCertificate = await loadCertificate(host, certificateSource);
  if (!isPair(signingCertificate.publicKey, signingKey))
    throw refuse("Signing private key does not match the certificate's public key");
  return { signingKey, signingCertificate };
}

async function findPublicKey(text: (key: string) => string | undefined, host: ReadHost): Promise<KeyObject> {
  const [ownKey, openKey, request] = [text('private_key'), text('public_key'), text('csr')];
  if (ownKey !== undefined) return loadPrivateKey(host, ownKey, text('private_key_passphrase'));
  if (openKey !== undefined) return loadPublicKey(host, openKey);
  if (request !== undefined) return readRequest(await loadBytes(host, request)).publicKey;
  throw refuse(
    'This certificate is not self-signed (signing_cert is set) and thus needs public_key, private_key or csr to derive public key to sign',
  );
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
