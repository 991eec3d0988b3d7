import type { Dict } from '@brine/common';
import { z } from 'zod';
import { anyValue, flag, oneOf, optional, text, withDefault } from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { issueRequest, readRequest } from '../../providers/x509/certificates.ts';
import { buildExtensions, requestExtensions } from '../../providers/x509/extensions.ts';
import { loadBytes, loadPrivateKey } from '../../providers/x509/keys.ts';
import { toName } from '../../providers/x509/names.ts';
import { deliver, deliveryArguments, encodeAs } from './deliver.ts';

const encoding = withDefault(oneOf('pem', 'der'), 'pem').describe('pem, or der (in base64).');
const noun = 'CSR';
const kind = 'CERTIFICATE REQUEST';

export const createCsr = defineFunction({
  name: 'x509.create_csr',
  summary: 'Makes a request for a certificate and answers it, or where it was written.',
  args: z.object({
    private_key: secret(text(), 'key material').describe('The key, whose public part the request has: a path or PEM.'),
    private_key_passphrase: secret(optional(text())).describe('What that key is encrypted with.'),
    digest: withDefault(text(), 'sha256').describe('The digest that is signed.'),
    encoding,
    ...deliveryArguments,
    text: optional(flag()).describe('Accepted without effect, as in Salt.'),
    algorithm: optional(text()).describe('The same as digest.'),
    given: anyValue().describe('What it says, as x509.csr_managed takes it: CN, subjectAltName and so on.'),
  }),
  keywords: 'given',
  examples: ["'*' x509.create_csr private_key='/etc/pki/myca.key' CN='My Cert'"],
  async run(args, context) {
    const given: Dict = args.given instanceof Map ? args.given : new Map();
    const key = await loadPrivateKey(context.host, args.private_key, args.private_key_passphrase);
    const extensions = buildExtensions(requestExtensions, given, { publicKey: key, issuerKey: key });
    const subject = toName(given.get('subject') ?? given);
    const made = issueRequest({ subject, extensions }, key, args.algorithm ?? args.digest);
    return deliver(context, args, { content: encodeAs(args.encoding, kind, made), noun });
  },
});

export const encodeCsr = defineFunction({
  name: 'x509.encode_csr',
  summary: 'A request for a certificate in another form.',
  args: z.object({ csr: text().describe('The request: a path or PEM.'), encoding, raw: deliveryArguments.raw }),
  examples: ["'*' x509.encode_csr /etc/pki/my.csr der"],
  async run(args, context) {
    const { whole } = readRequest(await loadBytes(context.host, args.csr));
    const content = encodeAs(args.encoding, kind, whole);
    return deliver(context, { ...args, path: undefined, overwrite: true }, { content, noun });
  },
});
