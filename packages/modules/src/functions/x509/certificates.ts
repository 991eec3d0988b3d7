import type { Dict, Plain } from '@brine/common';
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { anyValue, flag, oneOf, optional, text, textList, withDefault } from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { certificateEncodings, encodeCertificates } from '../../providers/x509/certificate-files.ts';
import { loadCertificate } from '../../providers/x509/certificates.ts';
import { issuePlanned, planCertificate } from '../../providers/x509/plan-certificate.ts';
import { loadPrivateKey } from '../../providers/x509/keys.ts';
import { readAuthority, requestCertificate } from '../../providers/x509/remote-authority.ts';
import { applySigningPolicy, findSigningPolicy } from '../../providers/x509/signing-policy.ts';
import { failure } from '../failure.ts';
import { deliver, deliveryArguments } from './deliver.ts';

const encoding = withDefault(oneOf(...certificateEncodings), 'pem').describe(
  'pem or pkcs7_pem; der, pkcs7_der or pkcs12 (in base64).',
);
const append_certs = optional(textList()).describe('Certificates that follow it: paths or PEM.');
const storeArguments = {
  pkcs12_passphrase: secret(optional(text())).describe('What a PKCS#12 file is encrypted with.'),
  pkcs12_encryption_compat: withDefault(flag(), false).describe('Whether old programs can read a PKCS#12 file.'),
  pkcs12_friendlyname: optional(text()).describe('The name the certificate goes by in a PKCS#12 file.'),
};

export const createCertificate = defineFunction({
  name: 'x509.create_certificate',
  summary: 'Issues a certificate and answers it, or where it was written.',
  args: z.object({
    ca_server: optional(text()).describe('The minion that signs, by its signing_policy; no private key is sent to it.'),
    signing_policy: optional(text()).describe('Name of a policy of x509_signing_policies, which overrides the rest.'),
    encoding,
    append_certs,
    ...storeArguments,
    ...deliveryArguments,
    given: anyValue().describe(
      'What it says, as x509.certificate_managed takes it: CN, signing_private_key, days_valid.',
    ),
  }),
  keywords: 'given',
  examples: ["'*' x509.create_certificate signing_private_key='/etc/pki/myca.key' csr='/etc/pki/my.csr'"],
  async run(args, context): Promise<Plain> {
    const own: Dict = args.given instanceof Map ? args.given : new Map();
    const authority = readAuthority(args.ca_server, args.signing_policy);
    if (authority !== undefined) {
      const { certificate, privateKey: key } = await requestCertificate(authority, { given: own }, context);
      const certificates = [certificate.whole, ...(await loadChain(context, args))];
      return deliverCertificates(context, args, { certificates, key });
    }
    const wish =
      args.signing_policy === undefined
        ? own
        : applySigningPolicy(own, findSigningPolicy(args.signing_policy, context));
    const plan = await planCertificate(wish, { host: context.host, now: new Date() });
    const made = await issuePlanned(plan, context.host);
    const key = plan.privateKey;
    return deliverCertificates(context, args, { certificates: [made, ...(await loadChain(context, args))], key });
  },
});

interface CertificateDelivery {
  readonly encoding: (typeof certificateEncodings)[number];
  readonly append_certs: readonly string[] | undefined;
  readonly pkcs12_passphrase: string | undefined;
  readonly pkcs12_encryption_compat: boolean;
  readonly pkcs12_friendlyname: string | undefined;
  readonly path?: string | undefined;
  readonly overwrite?: boolean;
}

async function loadChain({ host }: FunctionContext, wish: CertificateDelivery): Promise<readonly Buffer[]> {
  const chain = await Promise.all((wish.append_certs ?? []).map((source) => loadCertificate(host, source)));
  return chain.map(({ whole }) => whole);
}

function deliverCertificates(
  context: FunctionContext,
  wish: CertificateDelivery,
  { certificates, key }: { readonly certificates: readonly Buffer[]; readonly key: KeyObject | undefined },
): Promise<Plain> {
  const bytes = encodeCertificates(certificates, wish.encoding, {
    passphrase: wish.pkcs12_passphrase,
    isCompatible: wish.pkcs12_encryption_compat,
    friendlyName: wish.pkcs12_friendlyname,
    key,
  });
  const content = wish.encoding.endsWith('pem') ? bytes.toString('utf8') : bytes;
  const { path, overwrite = true } = wish;
  return deliver(context, { encoding: wish.encoding, path, overwrite }, { content, noun: 'Certificate' });
}

export const encodeCertificate = defineFunction({
  name: 'x509.encode_certificate',
  summary: 'A certificate in another form, with the certificates that follow it.',
  args: z.object({
    certificate: text().describe('The certificate: a path or PEM.'),
    encoding,
    append_certs,
    private_key: secret(optional(text()), 'key material').describe('Its private key, which a PKCS#12 file has too.'),
    private_key_passphrase: secret(optional(text())).describe('What that key is encrypted with.'),
    ...storeArguments,
    raw: deliveryArguments.raw,
  }),
  examples: ["'*' x509.encode_certificate /etc/pki/my.crt der"],
  async run(args, context) {
    if (args.encoding !== 'pkcs12' && args.private_key !== undefined)
      throw failure('Embedding private keys is only supported for pkcs12 encoding');
    const { whole } = await loadCertificate(context.host, args.certificate);
    const key =
      args.private_key === undefined
        ? undefined
        : await loadPrivateKey(context.host, args.private_key, args.private_key_passphrase);
    return deliverCertificates(context, args, { certificates: [whole, ...(await loadChain(context, args))], key });
  },
});
