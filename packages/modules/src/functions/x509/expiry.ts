import { z } from 'zod';
import { integer, optional, text, withDefault } from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { loadCertificate, type Certificate } from '../../providers/x509/certificates.ts';
import { isSignedBy } from '../../providers/x509/keys.ts';
import { readName } from '../../providers/x509/names.ts';
import { findPublicKey } from './keys.ts';

const certificate = text().describe('The certificate: a path or PEM.');

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
    signing_pub_key_passphrase: secret(optional(text())).describe('What that key is encrypted with.'),
  }),
  examples: ["'*' x509.verify_signature /etc/pki/mycert.pem signing_pub_key=/etc/pki/myca.crt"],
  async run(args, context) {
    const found = await loadCertificate(context.host, args.certificate);
    const signer = args.signing_pub_key ?? args.certificate;
    return isSignedBy(found, await findPublicKey(context, signer, args.signing_pub_key_passphrase));
  },
});
