import { isAppError, type Changes, type CheckOutcome, type Dict } from '@brine/common';
import { z } from 'zod';
import {
  anyValue,
  defineState,
  fails,
  flag,
  integer,
  oneOf,
  optional,
  text,
  textList,
  withDefault,
  type Host,
  type StateContext,
  secret,
} from '../../kit/index.ts';
import { checkFilePlace, fileArguments, type FileWish } from '../../providers/files/file-arguments.ts';
import { omitAbsent } from '../../providers/omit-absent.ts';
import {
  certificateEncodings,
  encodeCertificates,
  unwrapCertificateFile,
  type CertificateEncoding,
  type CertificateFile,
} from '../../providers/x509/certificate-files.ts';
import { loadCertificate, prettyHex, readCertificates, type Certificate } from '../../providers/x509/certificates.ts';
import { compareExtensions } from '../../providers/x509/compare-extensions.ts';
import { readDer } from '../../providers/x509/der.ts';
import { digestOf, isPair, isSignedBy } from '../../providers/x509/keys.ts';
import { nameText } from '../../providers/x509/names.ts';
import { issuePlanned, planCertificate, type CertificatePlan } from '../../providers/x509/plan-certificate.ts';
import {
  readAuthority,
  remotePolicy,
  requestCertificate,
  type RemoteAuthority,
} from '../../providers/x509/remote-authority.ts';
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
    ca_server: optional(text()).describe(
      'The minion that signs, by its signing_policy; peer of the master has to allow x509.sign_remote_certificate.',
    ),
    signing_policy: optional(text()).describe('Name of a policy of x509_signing_policies, which overrides the rest.'),
    encoding: withDefault(oneOf(...certificateEncodings), 'pem').describe(
      'pem, der, pkcs7_pem, pkcs7_der or pkcs12 (with the private key).',
    ),
    append_certs: optional(textList()).describe('Certificates that follow it in the file: paths or PEM.'),
    digest: optional(text()).describe('The digest that is signed; sha256 unless given.'),
    algorithm: optional(text()).describe('The same as digest.'),
    signing_private_key: secret(optional(text()), 'key material').describe('The key that signs: a path or PEM.'),
    signing_private_key_passphrase: secret(optional(text())).describe('What that key is encrypted with.'),
    signing_cert: optional(text()).describe('The certificate of the signer; without it the new one signs itself.'),
    public_key: optional(text()).describe('The public key that is certified: a path or PEM.'),
    private_key: secret(optional(text()), 'key material').describe('A private key whose public part is certified.'),
    private_key_passphrase: secret(optional(text())).describe('What that key is encrypted with.'),
    csr: optional(text()).describe('A request whose key and extensions are certified: a path or PEM.'),
    serial_number: optional(anyValue()).describe('Its serial number; one that nobody foresees unless given.'),
    not_before: optional(text()).describe('When it begins, in UTC: 2026-01-31 12:00:00.'),
    not_after: optional(text()).describe('When it ends, in UTC.'),
    pkcs12_passphrase: secret(optional(text())).describe('What a PKCS#12 file is encrypted with.'),
    pkcs12_encryption_compat: withDefault(flag(), false).describe('Whether old programs can read a PKCS#12 file.'),
    pkcs12_friendlyname: optional(text()).describe('The name the certificate goes by in a PKCS#12 file.'),
    copypath: optional(text()).describe('A folder that a copy named by the serial number is put into.'),
    prepend_cn: withDefault(flag(), false).describe('Whether the name of the copy begins with the common name.'),
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
    `/etc/ssl/www.crt:
  x509.certificate_managed:
    - ca_server: ca
    - signing_policy: www
    - private_key: /etc/ssl/private/www.key
    - CN: www.example.com
    - days_remaining: 30`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    try {
      const own = toGiven({ ...args, digest: args.algorithm ?? args.digest, algorithm: undefined });
      const authority = readAuthority(args.ca_server, args.signing_policy);
      const isRemote = authority !== undefined;
      if (isRemote && args.copypath !== undefined) return fails('With ca_server copypath is one of the signing policy');
      const policy = await findPolicy(args.signing_policy, authority, context);
      const refusal = await checkFilePlace(args, context);
      if (refusal !== undefined) return refusal;
      const plan = await planCertificate(applySigningPolicy(own, policy), {
        ...{ host: context.host, now: new Date(), isRemote },
      });
      const issue = async (machine: Host): Promise<Buffer> => {
        if (authority === undefined) return issuePlanned(plan, machine);
        const request = { given: own, issuer: plan.signingCertificate };
        return (await requestCertificate(authority, request, context)).certificate.whole;
      };
      return await checkCertificate(args, { plan, issue }, context);
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(caught.message);
    }
  },
});

interface CertificateWish extends FileWish {
  readonly days_remaining: number;
  readonly encoding: CertificateEncoding;
  readonly append_certs: readonly string[] | undefined;
  readonly pkcs12_passphrase: string | undefined;
  readonly pkcs12_encryption_compat: boolean;
  readonly pkcs12_friendlyname: string | undefined;
}

function findPolicy(
  name: string | undefined,
  authority: RemoteAuthority | undefined,
  context: StateContext,
): Dict | Promise<Dict> {
  if (authority !== undefined) return remotePolicy(authority, context);
  return name === undefined ? new Map() : findSigningPolicy(name, context);
}

async function checkCertificate(
  wish: CertificateWish,
  { plan, issue }: { readonly plan: CertificatePlan; readonly issue: (machine: Host) => Promise<Buffer> },
  context: StateContext,
): Promise<CheckOutcome<Host>> {
  const { host } = context;
  const chain = await Promise.all((wish.append_certs ?? []).map((source) => loadCertificate(host, source)));
  const encode = (content: Buffer): Buffer =>
    encodeCertificates([content, ...chain.map(({ whole }) => whole)], wish.encoding, {
      passphrase: wish.pkcs12_passphrase,
      isCompatible: wish.pkcs12_encryption_compat,
      friendlyName: wish.pkcs12_friendlyname,
      key: plan.privateKey,
    });
  if (wish.encoding === 'pkcs12' || wish.encoding === 'der') encode(Buffer.alloc(0));
  const make = async (machine: Host): Promise<Buffer> => encode(await issue(machine));
  const found = await host.files.read(wish.name);
  const settle = (changes: Changes, exists = false): Promise<CheckOutcome<Host>> =>
    settleFile(wish, { noun: 'certificate', changes, exists, make }, context);
  if (found === undefined) return settle({ created: wish.name });
  const file = readFile(Buffer.from(found), wish.pkcs12_passphrase);
  if (file === 'other passphrase') return settle({ pkcs12_passphrase: true });
  const [current, ...others] = file?.certificates ?? [];
  if (file === undefined || current === undefined) return settle({ replaced: wish.name });
  const looks = compareLooks(wish, file, isSameChain(others, chain));
  const content = compareCertificate(current, plan, wish.days_remaining);
  if (Object.keys(content).length > 0) return settle({ ...looks, ...content }, true);
  const again = (): Buffer => encode(current.whole);
  return settleFile(wish, { noun: 'certificate', changes: looks, exists: true, make: again }, context);
}

function isSameChain(current: readonly Certificate[], wanted: readonly Certificate[]): boolean {
  const isSame = ({ whole }: Certificate, index: number): boolean => current[index]?.whole.equals(whole) === true;
  return current.length === wanted.length && wanted.every(isSame);
}

function compareLooks(wish: CertificateWish, file: ReadFile, hasChain: boolean): Changes {
  const name = wish.pkcs12_friendlyname;
  const isOtherName = file.encoding === 'pkcs12' && wish.encoding === 'pkcs12' && file.friendlyName !== name;
  return {
    ...(file.encoding === wish.encoding ? {} : { encoding: wish.encoding }),
    ...(isOtherName ? { pkcs12_friendlyname: name ?? null } : {}),
    ...(hasChain ? {} : { additional_certs: true }),
  };
}

interface ReadFile extends Pick<CertificateFile, 'encoding' | 'friendlyName'> {
  readonly certificates: readonly Certificate[];
}

function readFile(bytes: Buffer, passphrase: string | undefined): ReadFile | 'other passphrase' | undefined {
  try {
    const file = unwrapCertificateFile(bytes, passphrase);
    const certificates = readCertificates(bytes, passphrase);
    return { encoding: file.encoding, friendlyName: file.friendlyName, certificates };
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return caught.details['reason'] === 'passphrase' ? 'other passphrase' : undefined;
  }
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
