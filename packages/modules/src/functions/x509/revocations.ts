import { z } from 'zod';
import { dict, flag, integer, oneOf, optional, text, valueList, withDefault } from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { isSignedBy } from '../../providers/x509/keys.ts';
import { issueList, planRevocations, toRevokedEntry } from '../../providers/x509/plan-revocations.ts';
import { loadRevocations } from '../../providers/x509/revocations.ts';
import { deliver, deliveryArguments, encodeAs } from './deliver.ts';
import { findPublicKey } from './keys.ts';

const crl = text().describe('The list: a path, PEM, or DER in hex or base64.');
const encoding = withDefault(oneOf('pem', 'der'), 'pem').describe('pem, or der (in base64).');
const noun = 'CRL';

export const createCrl = defineFunction({
  name: 'x509.create_crl',
  summary: 'Makes a list of revoked certificates and answers it, or where it was written.',
  args: z.object({
    signing_private_key: secret(text(), 'key material').describe('The key that signs: a path or PEM.'),
    revoked: valueList().describe(
      'Dicts with serial_number or certificate, and revocation_date, not_after, extensions (CRLReason).',
    ),
    signing_cert: optional(text()).describe('The certificate of the signer.'),
    signing_private_key_passphrase: secret(optional(text())).describe('What the key is encrypted with.'),
    include_expired: withDefault(flag(), false).describe('Whether certificates that ended are listed too.'),
    days_valid: withDefault(integer(), 100).describe('For how many days it is valid.'),
    digest: withDefault(text(), 'sha256').describe('The digest that is signed.'),
    encoding,
    extensions: optional(dict()).describe('Extensions: cRLNumber, authorityKeyIdentifier, …'),
    path: deliveryArguments.path,
    raw: deliveryArguments.raw,
    text: optional(flag()).describe('Accepted without effect, as in Salt.'),
  }),
  examples: [
    `'*' x509.create_crl /etc/pki/ca.key "[{'certificate': '/etc/pki/www.crt'}]" signing_cert=/etc/pki/ca.crt`,
  ],
  async run(args, context) {
    const wish = { ...args, revoked: args.revoked.map(toRevokedEntry) };
    const plan = await planRevocations(wish, context.host);
    const content = encodeAs(args.encoding, 'X509 CRL', issueList(wish, plan, undefined));
    return deliver(context, { ...args, overwrite: true }, { content, noun });
  },
});

export const encodeCrl = defineFunction({
  name: 'x509.encode_crl',
  summary: 'A list of revoked certificates in another form.',
  args: z.object({ crl, encoding, raw: deliveryArguments.raw }),
  examples: ["'*' x509.encode_crl /etc/pki/my.crl der"],
  async run(args, context) {
    const { whole } = await loadRevocations(context.host, args.crl);
    const content = encodeAs(args.encoding, 'X509 CRL', whole);
    return deliver(context, { ...args, path: undefined, overwrite: true }, { content, noun });
  },
});

export const verifyCrl = defineFunction({
  name: 'x509.verify_crl',
  summary: 'Whether a list of revoked certificates is signed by the key of a certificate.',
  args: z.object({ crl, cert: text().describe('The certificate, or a key: a path or PEM.') }),
  examples: ["'*' x509.verify_crl /etc/pki/my.crl /etc/pki/ca.crt"],
  run: async (args, context) =>
    isSignedBy(await loadRevocations(context.host, args.crl), await findPublicKey(context, args.cert)),
});
