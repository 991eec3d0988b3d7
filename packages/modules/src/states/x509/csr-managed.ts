import { isAppError, type CheckOutcome, type Dict } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  fails,
  oneOf,
  optional,
  text,
  withDefault,
  type Host,
  type StateContext,
  secret,
} from '../../kit/index.ts';
import { checkFilePlace, fileArguments, type FileWish } from '../../providers/files/file-arguments.ts';
import { omitAbsent } from '../../providers/omit-absent.ts';
import { issueRequest, readRequest, type SigningRequest } from '../../providers/x509/certificates.ts';
import { compareExtensions } from '../../providers/x509/compare-extensions.ts';
import { readDer } from '../../providers/x509/der.ts';
import { buildExtensions, requestExtensions } from '../../providers/x509/extensions.ts';
import { digestOf, encodingOf, isPair, loadPrivateKey, wrapPem } from '../../providers/x509/keys.ts';
import { nameText, toName } from '../../providers/x509/names.ts';
import { settleFile } from '../../providers/x509/settle-file.ts';
import { subjectArguments, toGiven } from '../../providers/x509/subject-arguments.ts';

/** `x509.csr_managed` */
export const csrManaged = defineState({
  name: 'x509.csr_managed',
  summary: 'Keeps a request for a certificate in a file.',
  args: z.object({
    name: text().describe('Absolute path of the file.'),
    private_key: secret(text(), 'key material').describe('The key, whose public part the request has: a path or PEM.'),
    private_key_passphrase: secret(optional(text())).describe('What that key is encrypted with.'),
    digest: withDefault(text(), 'sha256').describe('The digest that is signed.'),
    algorithm: optional(text()).describe('The same as digest.'),
    encoding: withDefault(oneOf('pem', 'der'), 'pem').describe('pem or der.'),
    ...subjectArguments,
    ...fileArguments,
  }),
  examples: [
    `/etc/ssl/web.csr:
  x509.csr_managed:
    - private_key: /etc/ssl/private/web.key
    - CN: www.example.org
    - subjectAltName: DNS:www.example.org`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    try {
      return (
        (await checkFilePlace(args, context)) ??
        (await checkRequest({ ...args, digest: args.algorithm ?? args.digest }, toGiven(args), context))
      );
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(caught.message);
    }
  },
});

interface RequestWish extends FileWish {
  readonly private_key: string;
  readonly private_key_passphrase: string | undefined;
  readonly digest: string;
  readonly encoding: 'pem' | 'der';
}

async function checkRequest(wish: RequestWish, given: Dict, context: StateContext): Promise<CheckOutcome<Host>> {
  const { host } = context;
  const key = await loadPrivateKey(host, wish.private_key, wish.private_key_passphrase);
  const subject = toName(given.get('subject') ?? given);
  const extensions = buildExtensions(requestExtensions, given, { publicKey: key, issuerKey: key });
  const encode = (content: Buffer): Buffer =>
    wish.encoding === 'der' ? content : Buffer.from(wrapPem('CERTIFICATE REQUEST', content));
  const make = (): Buffer => encode(issueRequest({ subject, extensions }, key, wish.digest));
  const bytes = await host.files.read(wish.name);
  const noun = 'certificate signing request';
  if (bytes === undefined)
    return settleFile(wish, { noun, changes: { created: wish.name }, exists: false, make }, context);
  const current = readOrUndefined(Buffer.from(bytes));
  if (current === undefined)
    return settleFile(wish, { noun, changes: { replaced: wish.name }, exists: false, make }, context);
  const digest = digestOf(current.signatureOid);
  const changes = omitAbsent({
    digest: digest === undefined || digest === wish.digest ? undefined : wish.digest,
    encoding: encodingOf(Buffer.from(bytes)) === wish.encoding ? undefined : wish.encoding,
    private_key: isPair(current.publicKey, key) ? undefined : true,
    subject_name: current.subject.whole.equals(subject) ? undefined : nameText(readDer(subject)),
    extensions: compareExtensions(current.extensions, extensions),
  });
  const isOnlyEncoded = Object.keys(changes).every((change) => change === 'encoding');
  const again = (): Buffer => encode(current.whole);
  return settleFile(wish, { noun, changes, exists: true, make: isOnlyEncoded ? again : make }, context);
}

function readOrUndefined(bytes: Buffer): SigningRequest | undefined {
  try {
    return readRequest(bytes);
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return undefined;
  }
}
