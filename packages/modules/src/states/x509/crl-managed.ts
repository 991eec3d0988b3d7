import { isAppError, type CheckOutcome } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  dict,
  fails,
  flag,
  integer,
  oneOf,
  optional,
  text,
  valueList,
  withDefault,
  type Host,
  type StateContext,
  secret,
} from '../../kit/index.ts';
import { checkFilePlace, fileArguments } from '../../providers/files/file-arguments.ts';
import { checkRevocations } from '../../providers/x509/check-revocations.ts';
import { toRevokedEntry } from '../../providers/x509/plan-revocations.ts';

/** `x509.crl_managed` */
export const crlManaged = defineState({
  name: 'x509.crl_managed',
  summary: 'Keeps a list of revoked certificates in a file.',
  args: z.object({
    name: text().describe('Absolute path of the file.'),
    signing_private_key: secret(text(), 'key material').describe('The key that signs: a path or PEM.'),
    revoked: valueList().describe(
      'Dicts with serial_number or certificate, and revocation_date, not_after, extensions (CRLReason).',
    ),
    days_remaining: withDefault(integer(), 30).describe('It is made anew when it ends within so many days; 0: never.'),
    signing_cert: optional(text()).describe('The certificate of the signer.'),
    signing_private_key_passphrase: secret(optional(text())).describe('What the key is encrypted with.'),
    include_expired: withDefault(flag(), false).describe('Whether certificates that ended are listed too.'),
    days_valid: withDefault(integer(), 100).describe('For how many days a new list is valid.'),
    digest: withDefault(text(), 'sha256').describe('The digest that is signed.'),
    encoding: withDefault(oneOf('pem', 'der'), 'pem').describe('pem or der.'),
    extensions: optional(dict()).describe('Extensions: cRLNumber (also auto), authorityKeyIdentifier, …'),
    ...fileArguments,
  }),
  examples: [
    `/etc/ssl/ca.crl:
  x509.crl_managed:
    - signing_private_key: /etc/ssl/private/ca.key
    - signing_cert: /etc/ssl/ca.crt
    - revoked:
      - serial_number: D6:D2:DC:D8:4D:5C:C0:F4
        revocation_date: 2026-01-31 00:00:00
        extensions:
          CRLReason: keyCompromise
    - extensions:
        cRLNumber: auto`,
  ],
  async check(args, context): Promise<CheckOutcome<Host>> {
    return look({ ...args, revoked: args.revoked.map(toRevokedEntry) }, context);
  },
});

async function look(wish: Parameters<typeof checkRevocations>[0], context: StateContext): Promise<CheckOutcome<Host>> {
  try {
    return (await checkFilePlace(wish, context)) ?? (await checkRevocations(wish, context));
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return fails(caught.message);
  }
}
