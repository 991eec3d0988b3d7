import { AppError, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import type { KeyObject } from 'node:crypto';
import type { ModuleContext, ReadHost } from '../../kit/index.ts';
import { loadCertificate, readCertificates, type Certificate } from './certificates.ts';
import { certificateExtensions } from './extensions.ts';
import { isPair, isSignedBy, loadBytes, publicBytes, unwrapPem, wrapPem } from './keys.ts';
import { nameAttributes } from './names.ts';
import { findKeys, textMembers } from './plan-certificate.ts';

/** The minion that signs, and by which of its policies. */
export interface RemoteAuthority {
  readonly server: string;
  readonly policy: string;
}

/** What asking another minion needs. */
export type AskingContext = Pick<ModuleContext, 'call' | 'memory'>;

/** Seconds for the answer of another minion. */
const patience = 60;

const plainWishes = ['days_valid', 'not_before', 'not_after', 'serial_number', 'digest', 'algorithm', 'subject'];

/**
 * What a minion may say of a certificate that another one signs: neither what signs it nor where anything is kept. Keys and
 * requests are texts: a path would be one of the other machine.
 */
export const remoteWishes: ReadonlySet<string> = new Set([
  ...plainWishes,
  ...['public_key', 'csr'],
  ...[...nameAttributes].flatMap(([name, { aliases }]) => [name, ...aliases]),
  ...Object.entries(certificateExtensions).flatMap(([name, { aliases }]) => [name, ...aliases]),
]);

/** Reads `ca_server` and `signing_policy`; `undefined` when this minion signs. Throws `state-failed`. */
export function readAuthority(server: string | undefined, policy: string | undefined): RemoteAuthority | undefined {
  if (server === undefined) return undefined;
  if (policy !== undefined) return { server, policy };
  throw refuse('signing_policy must be specified to request a certificate from a remote ca_server');
}

/** The policy of another minion, without what signs; asked for once a run. Throws `state-failed`. */
export function remotePolicy(authority: RemoteAuthority, context: AskingContext): Promise<Dict> {
  const key = `x509:policy:${JSON.stringify([authority.server, authority.policy])}`;
  const known = context.memory.get(key) as Promise<Dict> | undefined;
  if (known !== undefined) return known;
  const asked = ask(authority, { wishes: new Map(), isForPolicy: true }, context).then((policy) => {
    if (isDict(policy)) return policy;
    throw refuse('Received invalid return value from ca_server: it is no signing policy');
  });
  context.memory.set(key, asked);
  // A failure must not be remembered: the next step asks again.
  asked.catch(() => context.memory.delete(key));
  return asked;
}

/** A certificate that another minion issued, and the private key it belongs to when that was given. */
export interface RemoteCertificate {
  readonly certificate: Certificate;
  readonly privateKey: KeyObject | undefined;
}

/**
 * Has another minion issue a certificate; no private key leaves this machine. Throws `state-failed`, also when what comes
 * back is for another key, or signed by another one than `issuer`.
 */
export async function requestCertificate(
  authority: RemoteAuthority,
  { given, issuer }: { readonly given: Dict; readonly issuer?: Certificate | undefined },
  context: AskingContext & { readonly host: ReadHost },
): Promise<RemoteCertificate> {
  const text = textMembers(given);
  const { host } = context;
  const { publicKey, privateKey } = await findKeys(text, {
    host,
    signingKey: undefined,
    signingCertificate: undefined,
  });
  const wishes: Dict = new Map([...given].filter(([key, value]) => remoteWishes.has(pythonStr(key)) && value !== null));
  wishes.set('public_key', wrapPem('PUBLIC KEY', publicBytes(publicKey)));
  const request = text('csr');
  if (request !== undefined) wishes.set('csr', await requestAsText(request, host));
  const answer = await ask(authority, { wishes, isForPolicy: false }, context);
  if (typeof answer !== 'string' || !answer.includes('-----BEGIN '))
    throw refuse('ca_server did not return a certificate');
  const certificate = await loadCertificate(host, answer);
  if (!isPair(certificate.publicKey, publicKey)) throw refuse('ca_server returned a certificate for another key');
  if (issuer !== undefined && !isSignedBy(certificate, issuer.publicKey))
    throw refuse('ca_server returned a certificate that another key signed');
  return { certificate, privateKey };
}

async function requestAsText(source: string, host: ReadHost): Promise<string> {
  const bytes = unwrapPem(await loadBytes(host, source), /CERTIFICATE REQUEST/);
  if (bytes === undefined) throw refuse('Could not load the csr as a request');
  return wrapPem('CERTIFICATE REQUEST', bytes);
}

interface Question {
  readonly wishes: Dict;
  readonly isForPolicy: boolean;
}

async function ask(
  { server, policy }: RemoteAuthority,
  { wishes, isForPolicy }: Question,
  context: Pick<AskingContext, 'call'>,
): Promise<Value> {
  const answers = await context.call(
    'publish.publish',
    [server, 'x509.sign_remote_certificate'],
    new Map<Value, Value>([
      ['arg', [policy, wishes, isForPolicy]],
      ['timeout', patience],
    ]),
  );
  const [answer] = isDict(answers) ? answers.values() : [];
  if (answer === undefined)
    throw refuse(
      'ca_server did not respond. The master must permit peers to call the function x509.sign_remote_certificate (peer).',
    );
  if (!isDict(answer) || !answer.has('data'))
    throw refuse(`Received invalid return value from ca_server: ${shown(answer)}`);
  const errors = answer.get('errors');
  if (Array.isArray(errors) && errors.length > 0)
    throw refuse(`ca_server reported errors:\n${errors.map((one) => pythonStr(one)).join('\n')}`);
  return answer.get('data') ?? null;
}

function shown(answer: Value): string {
  return pythonStr(answer).slice(0, 200);
}

/** The certificate that a policy signs by, as a text that travels. Throws `state-failed`. */
export async function signerAsText(host: ReadHost, source: string): Promise<string> {
  const [first] = readCertificates(await loadBytes(host, source));
  if (first === undefined) throw refuse('The signing policy has no signing_cert to issue by');
  return wrapPem('CERTIFICATE', first.whole);
}

function refuse(message: string): AppError {
  return new AppError({ code: 'state-failed', message });
}
