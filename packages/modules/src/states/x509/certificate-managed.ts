import { isAppError, type Changes, type CheckOutcome } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  fails,
  integer,
  oneOf,
  optional,
  text,
  textList,
  unsupported,
  withDefault,
  type Host,
  type StateContext,
} from '../../kit/index.ts';
import { checkFilePlace, fileArguments, type FileWish } from '../../providers/files/file-arguments.ts';
import { omitAbsent } from '../../providers/omit-absent.ts';
import {
  issueCertificate,
  loadCertificate,
  prettyHex,
  readCertificates,
  type Certificate,
} from '../../providers/x509/certificates.ts';
import { compareExtensions } from '../../providers/x509/compare-extensions.ts';
import { readDer } from '../../providers/x509/der.ts';
import { digestOf, encodingOf, isPair, isSignedBy, wrapPem } from '../../providers/x509/keys.ts';
import { nameText } from '../../providers/x509/names.ts';
import { planCertificate, type CertificatePlan } from '../../providers/x509/plan-certificate.ts';
import { settleFile } from '../../providers/x509/settle-file.ts';
import { applySigningPolicy, findSigningPolicy } from '../../providers/x509/signing-policy.ts';
import { subjectArguments, toGiven } from '../../providers/x509/subject-arguments.ts';

/** `x509.certificate_managed` */
export const certificateManaged = defineState({
  name: 'x509.certificate_managed',
  summary: 'Keeps a certificate in a file, issued anew when it ends soon or is to say something else.',
  args: z.object({
    name: text().describe('Absolute path of the file.'),
    days_remaining: withDefault(integer(), 90).describe('It is issued anew when it ends within so many days.'),
    days_valid: optional(integer()).describe('For how many days a new one is valid; 365 unless given.'),
    ca_server: unsupported('certificates that another minion signs'),
    signing_policy: optional(text()).describe('Name of a policy of x509_signing_policies, which overrides the rest.'),
    encoding: withDefault(oneOf('pem', 'der'), 'pem').describe('pem or der.'),
    append_certs: optional(textList()).describe('Certificates that follow it in the file: paths or PEM.'),
    digest: optional(text()).describe('The digest that is signed; sha256 unless given.'),
    algorithm: optional(text()).describe('The same as digest.'),
    signing_private_key: optional(text()).describe('The key that signs: a path or PEM.'),
    signing_private_key_passphrase: optional(text()).describe('What that key is encrypted with.'),
    signing_cert: optional(text()).describe('The certificate of the signer; without it the new one signs itself.'),
    public_key: optional(text()).describe('The public key that is certified: a path or PEM.'),
    private_key: optional(text()).describe('A private key whose public part is certified.'),
    private_key_passphrase: optional(text()).describe('What that key is encrypted with.'),
    csr: optional(text()).describe('A request whose key and extensions are certified: a path or PEM.'),
    serial_number: optional(text()).describe('Its serial number; one that nobody foresees unless given.'),
    not_before: optional(text()).describe('When it begins, in UTC: 2026-01-31 12:00:00.'),
    not_after: optional(text()).describe('When it ends, in UTC.'),
    pkcs12_passphrase: unsupported('PKCS#12 files'),
    pkcs12_encryption_compat: unsupported('PKCS#12 files'),
    pkcs12_friendlyname: unsupported('PKCS#12 files'),
    ...subjectArguments,
    ...fileArguments,
  }),
  examples: [
    `/etc/ssl/ca.crt:
  x509.certificate_managed:
    - signing_private_key: /etc/ssl/private/ca.key
    - CN: Example CA
    - basicConstraints: critical, CA:true
    - keyUsage: critical, keyCertSign, cRLSign
    - subjectKeyIdentifier: hash
    - days_valid: 3650`,
  ],
  async check(args, context) {
    try {
      const own = toGiven({ ...args, digest: args.algorithm ?? args.digest, algorithm: undefined });
      const given =
        args.signing_policy === undefined
          ? own
          : applySigningPolicy(own, findSigningPolicy(args.signing_policy, context));
      const refusal = await checkFilePlace(args, context);
      if (refusal !== undefined) return refusal;
      return await checkCertificate(args, await planCertificate(given, context.host, new Date()), context);
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(caught.message);
    }
  },
});

interface CertificateWish extends FileWish {
  readonly days_remaining: number;
  readonly encoding: 'pem' | 'der';
  readonly append_certs: readonly string[] | undefined;
}

async function checkCertificate(
  wish: CertificateWish,
  plan: CertificatePlan,
  context: StateContext,
): Promise<CheckOutcome<Host>> {
  const { host } = context;
  const chain = await Promise.all((wish.append_certs ?? []).map((source) => loadCertificate(host, source)));
  const encode = (content: Buffer): Buffer =>
    wish.encoding === 'der'
      ? content
      : Buffer.from([content, ...chain.map(({ whole }) => whole)].map((one) => wrapPem('CERTIFICATE', one)).join(''));
  const make = (): Buffer => encode(issueCertificate(plan.body, plan.signingKey, plan.digest));
  const found = await host.files.read(wish.name);
  const settle = (changes: Changes): Promise<CheckOutcome<Host>> =>
    settleFile(wish, { noun: 'certificate', changes, exists: false, make }, context);
  if (found === undefined) return settle({ created: wish.name });
  const bytes = Buffer.from(found);
  const [current, ...others] = readOrNone(bytes);
  if (current === undefined) return settle({ replaced: wish.name });
  const isSameChain =
    others.length === chain.length && chain.every(({ whole }, index) => others[index]?.whole.equals(whole) === true);
  const looks = omitAbsent({
    encoding: encodingOf(bytes) === wish.encoding ? undefined : wish.encoding,
    additional_certs: isSameChain || wish.encoding === 'der' ? undefined : true,
  });
  const content = compareCertificate(current, plan, wish.days_remaining);
  const isOnlyLook = Object.keys(content).length === 0;
  const again = (): Buffer => encode(current.whole);
  const verdict = { noun: 'certificate', changes: { ...looks, ...content }, exists: true };
  return settleFile(wish, { ...verdict, make: isOnlyLook ? again : make }, context);
}

function compareCertificate(current: Certificate, plan: CertificatePlan, daysRemaining: number): Changes {
  const { body, signingCertificate } = plan;
  const digest = digestOf(current.signatureOid);
  const isSigned = signingCertificate === undefined || isSignedBy(current, signingCertificate.publicKey);
  const limit = Date.now() + daysRemaining * 86_400_000;
  return omitAbsent({
    expiration: current.notAfter.getTime() < limit ? true : undefined,
    digest: digest === undefined || digest === plan.digest ? undefined : plan.digest,
    serial_number: !plan.hasSerial || body.serial === current.serial ? undefined : prettyHex(body.serial),
    private_key: isPair(body.publicKey, current.publicKey) ? undefined : true,
    signing_private_key: isSigned ? undefined : true,
    subject_name: current.subject.whole.equals(body.subject) ? undefined : nameText(readDer(body.subject)),
    issuer_name: current.issuer.whole.equals(body.issuer) ? undefined : nameText(readDer(body.issuer)),
    extensions: compareExtensions(current.extensions, body.extensions),
  }) as Changes;
}

function readOrNone(bytes: Buffer): readonly Certificate[] {
  try {
    return readCertificates(bytes);
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return [];
  }
}
