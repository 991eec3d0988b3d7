import type { Dict, Plain } from '@brine/common';
import { z } from 'zod';
import {
  anyValue,
  flag,
  integer,
  oneOf,
  optional,
  text,
  textList,
  unsupported,
  withDefault,
} from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import {
  issueCertificate,
  issueRequest,
  loadCertificate,
  readRequest,
  type Certificate,
} from '../../providers/x509/certificates.ts';
import { buildExtensions, requestExtensions } from '../../providers/x509/extensions.ts';
import { isSignedBy, loadBytes, loadPrivateKey, wrapPem } from '../../providers/x509/keys.ts';
import { readName, toName } from '../../providers/x509/names.ts';
import { planCertificate } from '../../providers/x509/plan-certificate.ts';
import { applySigningPolicy, findSigningPolicy } from '../../providers/x509/signing-policy.ts';
import { failure } from '../failure.ts';
import { safeName } from '../safe-name.ts';
import { findPublicKey } from './keys.ts';

const encoding = withDefault(oneOf('pem', 'der'), 'pem').describe('pem, or der (in base64).');
const path = optional(safeName('a path')).describe('A file to write it to.');
const overwrite = withDefault(flag(), true).describe('Replace a file that is there.');
const certificate = text().describe('The certificate: a path or PEM.');

export const createCertificate = defineFunction({
  name: 'x509.create_certificate',
  summary: 'Issues a certificate and answers it, or where it was written.',
  args: z.object({
    ca_server: unsupported('certificates that another minion signs'),
    signing_policy: optional(text()).describe('Name of a policy of x509_signing_policies, which overrides the rest.'),
    encoding,
    append_certs: optional(textList()).describe('Certificates that follow it: paths or PEM.'),
    path,
    overwrite,
    given: anyValue().describe(
      'What it says, as x509.certificate_managed takes it: CN, signing_private_key, days_valid.',
    ),
  }),
  keywords: 'given',
  examples: ["'*' x509.create_certificate signing_private_key='/etc/pki/myca.key' csr='/etc/pki/my.csr'"],
  async run(args, context): Promise<Plain> {
    const own: Dict = args.given instanceof Map ? args.given : new Map();
    const wish =
      args.signing_policy === undefined
        ? own
        : applySigningPolicy(own, findSigningPolicy(args.signing_policy, context));
    const plan = await planCertificate(wish, context.host, new Date());
    const made = issueCertificate(plan.body, plan.signingKey, plan.digest);
    const chain = await Promise.all((args.append_certs ?? []).map((one) => loadCertificate(context.host, one)));
    if (args.encoding === 'der' && chain.length > 0) throw failure('Cannot encode a certificate chain in DER');
    return deliver(context, args, [made, ...chain.map(({ whole }) => whole)], 'CERTIFICATE');
  },
});

interface Delivery {
  readonly encoding: 'pem' | 'der';
  readonly path: string | undefined;
  readonly overwrite: boolean;
}

async function deliver(
  { host }: FunctionContext,
  wish: Delivery,
  contents: readonly Buffer[],
  kind: string,
): Promise<Plain> {
  const [first = Buffer.alloc(0)] = contents;
  const pem = contents.map((content) => wrapPem(kind, content)).join('');
  if (wish.path === undefined) return wish.encoding === 'pem' ? pem : first.toString('base64');
  if (!wish.overwrite && (await host.files.stat(wish.path)) !== undefined)
    return `The file at ${wish.path} exists and overwrite was set to false`;
  await host.files.write(wish.path, wish.encoding === 'pem' ? Buffer.from(pem) : first, { mode: 0o644 });
  return `${wish.encoding === 'pem' ? 'PEM' : 'Certificate'} written to ${wish.path}`;
}

export const encodeCertificate = defineFunction({
  name: 'x509.encode_certificate',
  summary: 'A certificate in another form, with the certificates that follow it.',
  args: z.object({
    certificate,
    encoding,
    append_certs: optional(textList()).describe('Certificates that follow it: paths or PEM.'),
  }),
  examples: ["'*' x509.encode_certificate /etc/pki/my.crt der"],
  async run(args, context) {
    const all = await Promise.all(
      [args.certificate, ...(args.append_certs ?? [])].map((one) => loadCertificate(context.host, one)),
    );
    if (args.encoding === 'der' && all.length > 1) throw failure('Cannot encode a certificate chain in DER');
    const contents = all.map(({ whole }) => whole);
    return deliver(context, { encoding: args.encoding, path: undefined, overwrite: true }, contents, 'CERTIFICATE');
  },
});

export const createCsr = defineFunction({
  name: 'x509.create_csr',
  summary: 'Makes a request for a certificate and answers it, or where it was written.',
  args: z.object({
    private_key: text().describe('The key, whose public part the request has: a path or PEM.'),
    private_key_passphrase: optional(text()).describe('What that key is encrypted with.'),
    digest: withDefault(text(), 'sha256').describe('The digest that is signed.'),
    encoding,
    path,
    overwrite,
    given: anyValue().describe('What it says, as x509.csr_managed takes it: CN, subjectAltName and so on.'),
  }),
  keywords: 'given',
  examples: ["'*' x509.create_csr private_key='/etc/pki/myca.key' CN='My Cert'"],
  async run(args, context) {
    const given: Dict = args.given instanceof Map ? args.given : new Map();
    const key = await loadPrivateKey(context.host, args.private_key, args.private_key_passphrase);
    const extensions = buildExtensions(requestExtensions, given, { publicKey: key, issuerKey: key });
    const subject = toName(given.get('subject') ?? given);
    return deliver(context, args, [issueRequest({ subject, extensions }, key, args.digest)], 'CERTIFICATE REQUEST');
  },
});

export const encodeCsr = defineFunction({
  name: 'x509.encode_csr',
  summary: 'A request for a certificate in another form.',
  args: z.object({ csr: text().describe('The request: a path or PEM.'), encoding }),
  examples: ["'*' x509.encode_csr /etc/pki/my.csr der"],
  async run(args, context) {
    const { whole } = readRequest(await loadBytes(context.host, args.csr));
    return deliver(context, { ...args, path: undefined, overwrite: true }, [whole], 'CERTIFICATE REQUEST');
  },
});

export const expires = defineFunction({
  name: 'x509.expires',
  summary: 'Whether a certificate ends within some days.',
  args: z.object({ certificate, days: withDefault(integer(), 0).describe('The days.') }),
  examples: ["'*' x509.expires /etc/pki/my.crt days=7"],
  run: async (args, { host }) => ends(await loadCertificate(host, args.certificate), args.days),
});

export const expired = defineFunction({
  name: 'x509.expired',
  summary: 'Whether a certificate has ended, with its path and name.',
  args: z.object({ certificate }),
  examples: ["'*' x509.expired /etc/pki/mycert.crt"],
  async run({ certificate: source }, context) {
    const found = await loadCertificate(context.host, source);
    return { ...(await identify(context, source, found)), expired: ends(found, 0) };
  },
});

export const willExpire = defineFunction({
  name: 'x509.will_expire',
  summary: 'Whether a certificate ends within some days, with its path and name.',
  args: z.object({ certificate, days: integer().describe('The days.') }),
  examples: ["'*' x509.will_expire /etc/pki/mycert.crt days=30"],
  async run({ certificate: source, days }, context) {
    const found = await loadCertificate(context.host, source);
    return { check_days: days, ...(await identify(context, source, found)), will_expire: ends(found, days) };
  },
});

function ends({ notAfter }: Certificate, days: number): boolean {
  return notAfter.getTime() <= Date.now() + days * 86_400_000;
}

const commonName = '2.5.4.3';

async function identify(
  { host }: FunctionContext,
  source: string,
  found: Certificate,
): Promise<Record<string, string>> {
  const isFile = source.startsWith('/') && (await host.files.stat(source, { follow: true }))?.kind === 'file';
  const name = readName(found.subject)
    .flat()
    .find(([dotted]) => dotted === commonName)?.[1];
  return { ...(isFile ? { path: source } : {}), ...(name === undefined ? {} : { cn: name }) };
}

export const verifySignature = defineFunction({
  name: 'x509.verify_signature',
  summary: 'Whether a certificate is signed by a key, or by its own.',
  args: z.object({
    certificate,
    signing_pub_key: optional(text()).describe('The certificate or key of the signer: a path or PEM.'),
    signing_pub_key_passphrase: optional(text()).describe('What that key is encrypted with.'),
  }),
  examples: ["'*' x509.verify_signature /etc/pki/mycert.pem signing_pub_key=/etc/pki/myca.crt"],
  async run(args, context) {
    const found = await loadCertificate(context.host, args.certificate);
    const signer = args.signing_pub_key ?? args.certificate;
    return isSignedBy(found, await findPublicKey(context, signer, args.signing_pub_key_passphrase));
  },
});

export const getSigningPolicy = defineFunction({
  name: 'x509.get_signing_policy',
  summary: 'A policy of x509_signing_policies.',
  args: z.object({
    signing_policy: text().describe('Its name.'),
    ca_server: unsupported('policies of another minion'),
  }),
  examples: ["'*' x509.get_signing_policy www"],
  run: ({ signing_policy: name }, context) => findSigningPolicy(name, context),
});
